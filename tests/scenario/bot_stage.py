# SPDX-License-Identifier: MIT
"""A simulated Telegram with two people, a group and a bot's account, and tests/peer/bot_trouble.c as the bot."""
import json
import os
import re
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
