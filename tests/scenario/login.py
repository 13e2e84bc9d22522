# SPDX-License-Identifier: MIT
"""Logging in and out: by settings, at a terminal, with wrong answers, against a simulated Telegram."""
import json
import os
import signal
import socket
import stat
import subprocess

import story

CHATS = 'mixed,messages=30;plain,kind=forum,seed=2,topics=4;plain,kind=private,seed=3;plain,kind=channel,seed=4'


# One application that may log in and one that may not, somebody with a password, and a bot.
WORLD = {
    'tobs_world': 1,
    'apps': [{'api_id': 17, 'api_hash': '0123456789abcdef0123456789abcdef'},
             {'api_id': 18, 'api_hash': 'fedcba9876543210fedcba9876543210', 'refused': True}],
    'users': [{'key': 'ada', 'id': 501, 'first_name': 'Ada', 'last_name': 'Fern', 'username': 'ada_fern',
               'phone': '9996610001', 'account': {'code': '11111', 'password': 'correct horse', 'hint': 'four\x1b[2J words'}},
              {'key': 'robot', 'id': 502, 'first_name': 'Robot', 'username': 'fern_bot', 'bot': True,
               'account': {'token': '502:AAFernFernFernFernFernFernFernFernFe'}}],
}


def ready(place, *args, **changes):
    """A simulated Telegram, and a .env in the current folder that leads there, with changes."""
    told = place.sim(*(args or ('--synthetic', CHATS)))
    lines = [line for line in open(told['env']).read().splitlines() if not line.startswith('#')]
    values = dict(line.split('=', 1) for line in lines)
    values.update(changes)
    place.write('.env', ''.join(f'{key}={value}\n' for key, value in values.items() if value is not None))
    return told


def test_in_and_out_without_a_question(place):
    told = ready(place)
    place.run('login').is_(0).prints('Logged in as Robin Sample, id ')
    assert stat.S_IMODE(os.stat(place.session).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(place.session.parent).st_mode) == 0o700
    place.run('login').is_(0).prints('Already logged in as Robin Sample')
    accounts = json.loads(place.run('accounts', '--json').is_(0).out)
    assert accounts == [{'session': 'tobs', 'state': 'logged in', 'id': told['accounts'][0]['id'], 'bot': False,
                         'dc': told['home_dc'], 'name': 'Robin Sample', 'username': ''}], accounts

    chats = json.loads(place.run('chats', '--json').is_(0).out)
    assert sorted(c['type'] for c in chats) == ['channel', 'forum', 'group', 'private'], chats
    forum = next(c for c in chats if c['type'] == 'forum')
    assert forum['topics'] == 4 and forum['members'] > 0 and str(forum['id']).startswith('-100'), forum

    place.run('logout').is_(0).prints('Logged out.')
    place.run('chats').is_(4).says('not logged in', 'log in with: tobs login')
    place.run('logout').is_(4)
    accounts = json.loads(place.run('accounts', '--json').is_(0).out)
    assert accounts == [{'session': 'tobs', 'state': 'not logged in'}], accounts


def of_world(place, **changes):
    """The same with the world above."""
    return ready(place, '--world', str(place.write('world.json', json.dumps(WORLD))), **changes)


def test_before_the_first_login(place):
    ready(place)
    place.run('chats').is_(4).says('not logged in: there is no session "tobs"', 'tobs login')
    place.run('accounts').is_(0).says('no sessions in', 'tobs login')
    assert not place.session.exists()


def test_chats_as_a_table(place):
    ready(place)
    place.run('login').is_(0)
    table = place.run('chats').is_(0).out.splitlines()
    assert table[0].split() == ['ID', 'TYPE', 'TITLE', 'USERNAME', 'MEMBERS', 'TOPICS'], table
    assert len(table) == 5
    ends = {row.index(' ', row.index('-100')) for row in table[1:] if '-100' in row}
    assert len(ends) == 1, 'ids end in one column'
    one = place.run('chats', '--search', 'FORUM').is_(0).out.splitlines()
    assert len(one) == 2 and 'Synthetic forum 1' in one[1], one
    assert len(place.run('chats', '--type', 'private,channel').is_(0).out.splitlines()) == 3
    place.run('chats', '--search', 'nothing like that').is_(0).says('none of 4 chats is like that')
    place.run('chats', '--type', 'privat').is_(2).says('private, bot, group, forum, channel')


def test_the_wrong_code(place):
    ready(place, TOBS_LOGIN_CODE='54321')
    place.run('login').is_(4).says('what TOBS_LOGIN_CODE says is wrong')
    place.run('chats').is_(4)


def test_no_code_and_nobody_to_ask(place):
    ready(place, TOBS_LOGIN_CODE=None)
    place.run('login').is_(4).says('nobody is at a terminal to be asked, and TOBS_LOGIN_CODE is not set')
    ready(place, PHONE_NUMBER=None)
    place.run('login').is_(4).says('TOBS_PHONE is not set')


def test_a_number_without_an_account(place):
    ready(place, PHONE_NUMBER='+9996629999')
    result = place.run('login')
    assert result.code == 4, result
    assert 'phone number' in result.err, result


def test_with_a_password(place):
    of_world(place)
    place.run('login').is_(0).prints('Logged in as Ada Fern (@ada_fern), id 501.')
    accounts = json.loads(place.run('accounts', '--json').is_(0).out)
    assert accounts[0]['username'] == 'ada_fern', accounts


def test_the_wrong_password(place):
    of_world(place, TOBS_LOGIN_PASSWORD='"staple"')
    result = place.run('login').is_(4).says('what TOBS_LOGIN_PASSWORD says is wrong')
    assert 'staple' not in result.err + result.out, result
    of_world(place, TOBS_LOGIN_PASSWORD=None)
    place.run('login').is_(4).says('nobody is at a terminal', 'TOBS_LOGIN_PASSWORD is not set')
    place.run('chats').is_(4)


def test_a_password_at_a_terminal(place):
    of_world(place, TOBS_LOGIN_PASSWORD=None)
    t = place.terminal('login')
    t.expect('The account has a password; its hint: four?[2J words')
    t.expect('Password (not shown while you type): ')
    assert not t.echoes()
    t.type('wrong pony\n')
    t.expect('the password is wrong, try again')
    t.expect('you type): ')
    t.type('correct horse\n')
    t.expect('Logged in as Ada Fern')
    assert t.wait() == 0
    assert 'pony' not in t.seen and 'horse' not in t.seen, t.seen


def test_a_bot(place):
    of_world(place, TOBS_BOT_TOKEN='502:AAFernFernFernFernFernFernFernFernFe')
    place.run('login', '--bot').is_(0).prints('Logged in as Robot (@fern_bot), id 502.')
    place.run('accounts').is_(0).prints('a bot')
    of_world(place, TOBS_BOT_TOKEN='502:AAFernFernFernFernFernFernFernFernFx')
    place.run('login', '--bot', '-s', 'other').is_(4).says('bot token is not valid')


def test_an_application_that_is_not_the_servers(place):
    for app in ({'API_ID': '99'}, {'API_HASH': 'f' * 32},
                {'API_ID': '18', 'API_HASH': 'fedcba9876543210fedcba9876543210'}):
        of_world(place, **app)
        place.run('login').is_(2).says('api_id and api_hash do not belong together', 'API_ID_INVALID')
        place.run('login', '--qr').is_(2).says('API_ID_INVALID')
        place.run('chats').is_(4)


def test_the_wrong_application(place):
    ready(place, API_HASH='nonsense')
    place.run('login').is_(2).says('api_id and api_hash do not belong together', 'my.telegram.org', 'API_ID_INVALID')


def test_no_application(place):
    ready(place, API_ID=None)
    place.run('login').is_(2).says('API_ID is not set', 'my.telegram.org')


def test_a_server_that_is_not_there(place):
    told = ready(place)
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))  # nobody listens there
        port = taken.getsockname()[1]
        args = ['--server', f'sim:{port},{told["key"]}']
        place.run('login', *args).is_(1).says('Connection refused', 'tobs doctor')
        doctor = place.run('doctor', *args).is_(1)
    doctor.prints('BAD', 'Connection refused', 'check the connection')


def test_servers_that_make_no_sense(place):
    told = ready(place)
    for server in ('sim:x', 'sim:70000,k.pem', 'elsewhere', 'sim:1,'):
        place.run('login', '--server', server).is_(2).says('production, test or sim:[HOST:]PORT,KEY.pem')
    place.run('login', '--server', 'sim:1,missing.pem').is_(1).says('missing.pem')
    port = told['dcs'][told['home_dc'] - 1]['port']
    place.run('login', '--server', f'sim:127.0.0.1:{port},{told["key"]}').is_(0)


def test_a_proxy_that_is_half_set(place):
    ready(place, PROXY_ADDR='127.0.0.1')
    place.run('login').is_(2).says('proxy-type')
    ready(place, PROXY_TYPE='socks5')
    place.run('login').is_(2).says('host and a port')


def test_a_second_process_on_the_session(place):
    ready(place, TOBS_LOGIN_CODE=None)
    t = place.terminal('login')
    t.expect('another way): ')
    for command in ('login', 'chats', 'logout'):
        place.run(command).is_(1).says('another program is using it')
    place.run('accounts').is_(0).prints('in use')
    place.run('doctor').is_(0).prints("agrees with the server's")
    t.type('22222\n')
    t.expect('Logged in as Robin Sample')
    assert t.wait() == 0, 'the first one lost nothing'
    place.run('chats').is_(0)


def test_a_state_folder_that_cannot_be_written(place):
    ready(place)
    (place.home / '.local').write_text('a file where a folder should be')
    place.run('login').is_(1).says('.local')


def test_ended_from_another_device(place):
    ready(place)
    place.run('login').is_(0)
    # A simulator that starts anew knows nobody.
    ready(place)
    place.run('doctor').is_(1).prints('BAD', 'tobs login')
    place.run('chats').is_(4).says('tobs login')
    place.run('login').is_(0).prints('Logged in as Robin Sample')
    place.run('chats').is_(0)


def test_two_sessions_beside_each_other(place):
    ready(place)
    place.run('login').is_(0)
    place.run('login', '--session', 'second').is_(0)
    place.run('login', '--session', './third.session').is_(0)
    assert (place.cwd / 'third.session').exists()
    names = [a['session'] for a in json.loads(place.run('accounts', '--json').out)]
    assert names == ['second', 'tobs'], names
    place.run('logout', '--session', 'second').is_(0)
    place.run('chats').is_(0)
    place.run('chats', '-s', './third.session').is_(0)


def test_doctor_against_a_server(place):
    told = ready(place)
    place.run('doctor').is_(0).prints('Telegram answers in', "clock     agrees with the server's")
    place.run('login').is_(0)
    place.run('doctor').is_(0).prints(f'Robin Sample, id {told["accounts"][0]["id"]}')
    assert 'Telegram answers' not in place.run('doctor', '--offline').is_(0).out


def test_doctor_sees_a_wrong_clock(place):
    told = place.sim('--synthetic', CHATS, '--faults', 'skew=-100')
    place.run('doctor', '--env-file', told['env']).is_(1).prints('BAD', 'clock is 100 s fast', 'timedatectl')


def test_questions_at_a_terminal(place):
    told = ready(place, PHONE_NUMBER=None, TOBS_LOGIN_CODE=None)
    account = told['accounts'][0]
    t = place.terminal('login')
    t.expect('Phone number, with country code: ')
    t.type(f'  +{account["phone"]}\n')
    t.expect('Telegram has sent a code')
    t.expect('Code of 5 digits')
    assert t.echoes()
    t.type('12345\n')
    t.expect('the code is wrong, try again')
    t.expect('Code of 5 digits')
    t.type(account['code'] + '\n')
    t.expect('Logged in as Robin Sample')
    assert t.wait() == 0


def test_three_wrong_codes_are_enough(place):
    ready(place, TOBS_LOGIN_CODE=None)
    t = place.terminal('login')
    for _ in range(3):
        t.expect('another way): ')
        t.type('12345\n')
    t.expect('the code is wrong (PHONE_CODE_INVALID)')
    assert t.wait() == 4


def test_ctrl_c_and_ctrl_d_at_a_question(place):
    ready(place, TOBS_LOGIN_CODE=None)
    t = place.terminal('login')
    t.expect('another way): ')
    t.type('\x03')
    t.expect('interrupted')
    assert t.wait() == 130
    t = place.terminal('login')
    t.expect('another way): ')
    t.type('\x04')
    t.expect('no answer was given')
    assert t.wait() == 1


def test_a_token_is_typed_unseen(place):
    ready(place)
    t = place.terminal('login', '--bot')
    t.expect('Bot token, from @BotFather (not shown): ')
    assert not t.echoes()
    t.type('123456:nonsense\n')
    code = t.wait()
    assert code == 4, (code, t.seen)
    assert 'nonsense' not in t.seen, t.seen


def test_echo_comes_back_whatever_happens(place):
    ready(place)
    for signo in (signal.SIGINT, signal.SIGTERM):
        t = place.terminal('login', '--bot')
        t.expect('(not shown): ')
        assert not t.echoes()
        # The program's side stays open, so that its modes can be looked at afterwards.
        keep = t.far_side()
        t.kill(signo)
        t.expect('interrupted')
        assert t.ended() == 130
        assert t.echoes()
        os.close(keep)


def test_a_qr_code(place):
    ready(place)
    t = place.terminal('login', '--qr')
    t.expect('Scan this on a device that is logged in')
    drawn = t.seen[:t.at].splitlines()
    code = [line for line in drawn if line.startswith('\x1b[30;107m')]
    assert len(code) >= 13 and len({len(line) for line in code}) == 1, drawn
    # The three squares in the corners: a dark row of seven at the upper left, behind the quiet zone.
    assert code[1].startswith('\x1b[30;107m' + '  ' + '█▀▀▀▀▀█'), code[1]
    t.type('\x03')
    assert t.wait() == 130
    # Without colours light modules are drawn, on what is taken to be a dark terminal.
    for args, env in (([], {'NO_COLOR': '1'}), (['--color', 'never'], {}), ([], {'TERM': 'dumb'})):
        t = place.terminal('login', '--qr', *args, env=env)
        t.expect('Scan this on a device that is logged in')
        assert '\x1b' not in t.seen[:t.at] and '█' * 20 in t.seen, t.seen
        t.type('\x03')
        assert t.wait() == 130
    result = place.start('login', '--qr', stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert result.stdout.readline().startswith('tg://login?token=')
    assert story.stop(result, signal.SIGINT) == 130
    result.communicate()


def test_a_qr_code_that_is_scanned(place):
    told = ready(place, '--world', str(place.write('world.json', json.dumps(WORLD))), '--control', '0')
    login = place.start('login', '--qr', stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    token = login.stdout.readline().strip()
    assert token.startswith('tg://login?token='), token
    place.tell_sim(told, do='accept', user='ada', token=token)
    out, err = login.communicate(timeout=story.PATIENCE)
    assert login.returncode == 0 and 'Logged in as Ada Fern' in out, (out, err)
    place.run('chats').is_(0)


story.main()
