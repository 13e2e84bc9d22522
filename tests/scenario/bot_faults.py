# SPDX-License-Identifier: MIT
"""Bots on a bad day: limits, a server that fails in every way, people and tokens that go; what comes through, and what
the person who runs the bot reads. The bot is tests/peer/bot_trouble.c."""
import json
import os
import re
import signal
import subprocess
import time

import story

BOT = os.environ['TOBS_BOT_TROUBLE']
WORLD = {
    'tobs_world': 1,
    'users': [{'key': 'ada', 'id': 501, 'first_name': 'Ada', 'phone': '9996610001', 'account': {'code': '11111'}},
              {'key': 'bo', 'id': 502, 'first_name': 'Bo', 'phone': '9996610002', 'account': {'code': '11111'}},
              {'key': 'echo', 'id': 601, 'first_name': 'Echo', 'username': 'echo_bot', 'bot': True,
               'account': {'privacy': False}}],
    'chats': [{'key': 'club', 'kind': 'group', 'id': 3001, 'title': 'Film Club',
               'members': [{'user': 'ada', 'role': 'creator'}, 'bo', 'echo']}],
    'accounts': [{'user': 'ada'}, {'user': 'bo'}, {'user': 'echo'}],
}


class Stage:
    """A simulated Telegram with people and a bot's account."""

    def __init__(self, place):
        self.place = place
        self.told = place.sim('--world', str(place.write('world.json', json.dumps(WORLD))), '--control', '0', '--bot-api', '0')
        self.token = next(a['token'] for a in self.told['accounts'] if 'token' in a)
        self.at = {}

    def do(self, **command):
        return self.place.tell_sim(self.told, **command)

    def say(self, by, text, chat='echo'):
        return self.do(do='say', by=by, chat=chat, text=text)['id']

    def hear(self, by, count=1, chat='echo', wait=None):
        """The next messages of others; fewer, when `wait` ms pass without one."""
        heard = []
        while len(heard) < count:
            answer = self.do(do='hear', by=by, chat=chat, after=self.at.get((by, chat), 0),
                             wait=story.PATIENCE * 1000 if wait is None else wait)
            self.at[by, chat] = answer['at']
            if not answer['heard']:
                assert wait is not None, f'{by} heard {heard} and no more; {self.log()}'
                break
            heard += [message['text'] for message in answer['heard']]
        return heard

    def faults(self, **what):
        return self.do(do='faults', set={'bot.' + key: value for key, value in what.items()})['faults']

    def hits(self, kind):
        rules = self.do(do='faults')['faults']['bot']['rules']
        return sum(rule['hits'] for rule in rules if rule['kind'] == kind)

    def bot(self, name='bot', token=None, **env):
        """Starts the bot; its log is in a file."""
        self.logs = getattr(self, 'logs', {})
        self.logs[name] = self.place.path / f'{name}.log'
        process = subprocess.Popen([BOT], cwd=self.place.cwd, stdin=subprocess.DEVNULL, stderr=open(self.logs[name], 'a'),
                                   env={**self.place.env, 'BOT_TOKEN': token or self.token, 'BOT_API_ROOT': self.told['bot_api'],
                                        'BOT_STORE': str(self.place.path / 'bot.db'), 'BOT_POLL': '1', 'BOT_STOP_MS': '2000', 'BOT_CALL_MS': '1500',
                                        **env})
        self.place.stack.callback(story.stop, process)
        return process

    def log(self, name='bot'):
        return self.logs[name].read_text(errors='replace')

    def reads(self, pattern, name='bot'):
        """Waits until this stands in the log."""
        end = time.monotonic() + story.PATIENCE
        while not re.search(pattern, self.log(name)):
            assert time.monotonic() < end, f'not read: {pattern!r} in {self.log(name)}'
            time.sleep(0.02)

    def safe(self):
        """Nothing in any log gives the token away, and no sanitizer complained."""
        for name in self.logs:
            text = self.log(name)
            assert self.token.split(':')[1] not in text, 'the token is in the log'
            assert 'Sanitizer' not in text and 'runtime error' not in text, text


def at_work(place):
    stage = Stage(place)
    stage.process = stage.bot()
    stage.say('ada', 'hello')
    assert stage.hear('ada') == ['echo: hello']
    return stage


def test_a_storm_of_429(place):
    stage = at_work(place)
    stage.faults(flood='sendMessage:3/1')
    texts = [f'word {i}' for i in range(12)]
    for text in texts:
        stage.say('ada', text)
    assert stage.hear('ada', 12) == ['echo: ' + text for text in texts]
    assert stage.hear('ada', wait=1500) == [], 'nothing came twice'
    assert stage.hits('flood') > 0
    stage.reads(r'429|Too Many Requests')
    stage.safe()


def test_errors_of_the_server(place):
    stage = at_work(place)
    stage.faults(error='sendMessage:500:60')
    texts = [f'word {i}' for i in range(8)]
    for text in texts:
        stage.say('ada', text)
    stage.reads(r'sendMessage: 500 .*; once more in \d+ ms')
    stage.faults(error='')
    stage.say('ada', 'the end')
    heard = []
    while 'echo: the end' not in heard:
        heard += stage.hear('ada')
    assert len(heard) == len(set(heard)), ('nothing came twice', heard)
    assert heard == sorted(heard, key=lambda text: (['echo: ' + t for t in texts] + ['echo: the end']).index(text)), heard
    stage.safe()


def test_a_proxy_that_answers_in_html(place):
    stage = at_work(place)
    stage.faults(gateway='getUpdates:502')
    stage.reads(r'getUpdates.*502')
    stage.say('ada', 'are you there?')
    stage.faults(gateway='')
    assert stage.hear('ada') == ['echo: are you there?']
    assert '<html' not in stage.log().lower(), 'the page itself is nobody\'s business'
    stage.safe()


def test_connections_that_break(place):
    for kind in ('reset', 'short', 'silent'):
        stage = at_work(place) if kind == 'reset' else stage
        before = stage.hits(kind)
        stage.faults(**{kind: 'getUpdates'})
        stage.say('ada', f'during {kind}')
        while stage.hits(kind) == before:
            time.sleep(0.05)
        stage.faults(**{kind: ''})
        assert stage.hear('ada') == [f'echo: during {kind}'], kind
    assert stage.hear('ada', wait=500) == []
    stage.safe()


def test_an_answer_that_is_lost(place):
    stage = at_work(place)
    stage.faults(lost='sendMessage')
    stage.say('ada', 'only once')
    assert stage.hear('ada') == ['echo: only once']
    stage.reads(r'sendMessage')
    stage.faults(lost='')
    stage.say('ada', 'next')
    assert stage.hear('ada') == ['echo: next'], 'what may have been sent is not sent again'
    stage.safe()


def test_slow_answers(place):
    stage = at_work(place)
    stage.faults(slow=2000)
    for i in range(5):
        stage.say('ada', f'slow {i}')
    assert stage.hear('ada', 5) == [f'echo: slow {i}' for i in range(5)]
    stage.safe()


def test_a_group_that_becomes_a_supergroup(place):
    stage = at_work(place)
    stage.do(do='migrate', chat='club', by='ada')
    stage.say('ada', '/tell -3001 to the old number')
    assert stage.hear('ada') == ['told']
    stage.safe()


def test_people_who_block_it(place):
    stage = at_work(place)
    stage.say('bo', 'hello')
    assert stage.hear('bo') == ['echo: hello']
    stage.do(do='block', by='bo', who='echo')
    stage.say('ada', '/tell 502 are you there?')
    assert stage.hear('ada') == ['TOBS_EPERM']
    stage.say('ada', '/gone 502')
    assert stage.hear('ada') == ['gone']
    stage.do(do='block', by='bo', who='echo', on=False)
    stage.say('bo', 'back')
    assert stage.hear('bo') == ['echo: back']
    stage.say('ada', '/gone 502')
    assert stage.hear('ada') == ['there']
    stage.safe()


def test_a_second_instance(place):
    stage = at_work(place)
    second = stage.bot('second', BOT_STORE='memory:')
    end = time.monotonic() + story.PATIENCE
    while not any('409' in stage.log(name) or 'another' in stage.log(name) for name in stage.logs):
        assert time.monotonic() < end, [stage.log(name) for name in stage.logs]
        time.sleep(0.05)
    story.stop(second)
    stage.say('ada', 'who answers?')
    assert stage.hear('ada') == ['echo: who answers?']
    stage.safe()


def test_a_token_that_was_revoked(place):
    stage = at_work(place)
    stage.do(do='revoke', bot='echo')
    assert stage.process.wait(timeout=story.PATIENCE) == 1
    assert 'token' in stage.log() and 'BotFather' in stage.log(), stage.log()
    again = stage.bot('again')
    assert again.wait(timeout=story.PATIENCE) == 1
    assert 'token' in stage.log('again'), stage.log('again')
    stage.safe()


def test_no_token(place):
    stage = Stage(place)
    for token, says in (('', 'BOT_TOKEN'), ('banana', 'no bot token')):
        bot = stage.bot(BOT_TOKEN=token)
        assert bot.wait(timeout=story.PATIENCE) == 1
        assert says in stage.log(), stage.log()


def test_nobody_answers(place):
    stage = Stage(place)
    bot = stage.bot(BOT_API_ROOT='http://127.0.0.1:9')
    stage.reads(r'refused')
    bot.send_signal(signal.SIGTERM)
    assert bot.wait(timeout=story.PATIENCE) in (0, 1)
    stage.safe()


def test_handlers_that_misbehave(place):
    stage = at_work(place)
    stage.say('ada', '/hang')
    stage.say('bo', '/fail')
    stage.say('bo', 'after the failure')
    assert stage.hear('bo') == ['echo: after the failure'], 'another chat, and the same chat after a failure, go on'
    stage.reads(r'TOBS_EIO|input/output|EIO')
    stage.reads(r'(?i)slow|has run|still')
    stage.say('bo', '/block 1500')
    stage.say('bo', 'after the computing')
    assert stage.hear('bo', 2) == ['blocked', 'echo: after the computing']
    stage.say('ada', 'behind the one that hangs')
    assert stage.hear('ada', wait=300) == [], 'its own chat waits'
    stage.process.send_signal(signal.SIGTERM)
    assert stage.process.wait(timeout=story.PATIENCE) == 0, 'the one that hangs is cancelled after stop_ms'
    # It was not finished, so it is handled again, and hangs again; others do not mind.
    stage.bot()
    stage.say('bo', 'after the restart')
    assert stage.hear('bo') == ['echo: after the restart']
    stage.reads('not finished are handled first')
    stage.safe()


def test_a_second_signal(place):
    stage = at_work(place)
    stage.say('ada', '/hang')
    stage.reads('/hang of chat')
    stage.process.send_signal(signal.SIGTERM)
    stage.reads('stopping')
    stage.process.send_signal(signal.SIGTERM)
    assert stage.process.wait(timeout=story.PATIENCE) != 0
    stage.safe()


story.main()
