# SPDX-License-Identifier: MIT
"""examples/history.c does what its first lines promise, against a simulator in a process of its own."""
import json
import os
import subprocess

import story

EXAMPLE = os.environ['TOBS_EXAMPLE_HISTORY']
SIM_SERVER = os.environ['TOBS_SIM_SERVER']
PROMPT = 'The code that Telegram sent you: '


def simulator(place, *args):
    """Starts one that ends with the test; what it says of itself."""
    process = subprocess.Popen([SIM_SERVER, '--folder', str(place.path / 'sim'), *args], env=place.env,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    place.stack.callback(story.stop, process)
    place.stack.callback(process.stdout.close)
    place.stack.callback(process.stdin.close)
    return json.loads(process.stdout.readline())


def history(place, sim, phone, chat, typed=''):
    port = next(dc['port'] for dc in sim['dcs'] if dc['id'] == sim['home_dc'])
    env = {**place.env, 'API_ID': str(sim['api_id']), 'API_HASH': sim['api_hash'], 'SERVER_PORT': str(port),
           'SERVER_KEY': open(sim['key']).read()}
    done = subprocess.run([EXAMPLE, phone, chat], cwd=place.cwd, env=env, input=typed, capture_output=True,
                          text=True, timeout=story.PATIENCE)
    return story.Result((phone, chat), done.returncode, done.stdout, done.stderr)


def messages(result):
    """The ids that were printed."""
    return [int(line.split(':')[0]) for line in result.out.removeprefix(PROMPT).splitlines()
            if line.split(':')[0].isdigit()]


def test_the_last_hundred_messages(place):
    sim = simulator(place, '--synthetic', 'plain,messages=250,title=Lab')
    account = next(a for a in sim['accounts'] if 'code' in a)
    phone = '+' + account['phone']
    first = history(place, sim, phone, 'Lab', account['code'] + '\n').is_(0)
    assert first.out.startswith(PROMPT), first
    assert messages(first) == list(range(250, 150, -1)), first
    # The second time nobody is asked.
    again = history(place, sim, phone, 'Lab').is_(0)
    assert PROMPT + again.out == first.out, again


def test_a_short_chat(place):
    sim = simulator(place, '--synthetic', 'plain,messages=3,title=Lab')
    account = next(a for a in sim['accounts'] if 'code' in a)
    typed = account['code'] + '\n'
    assert messages(history(place, sim, '+' + account['phone'], 'Lab', typed).is_(0)) == [3, 2]  # 1 is no text


def test_what_goes_wrong_is_said(place):
    sim = simulator(place, '--synthetic', 'plain,messages=3,title=Lab')
    account = next(a for a in sim['accounts'] if 'code' in a)
    phone = '+' + account['phone']
    history(place, sim, phone, 'Lab', '1\n2\n3\n').is_(1).says('the code is wrong (PHONE_CODE_INVALID)')
    history(place, sim, phone, 'Lab').is_(1).says('no code was given')
    history(place, sim, phone, 'Nothing of the kind', account['code'] + '\n').is_(1).says('was not found')
    history(place, {**sim, 'api_id': 0}, phone, 'Lab').is_(1).says('api_id and api_hash are needed')


story.main()
