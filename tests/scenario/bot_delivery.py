# SPDX-License-Identifier: MIT
"""What people are answered when the network is bad, Telegram's rates hold, or the bot ends; bot_kills.py kills it."""
import collections
import os
import signal
import socket
import subprocess
import time

import story

RECORDER = os.environ['TOBS_BOT_RECORDER']
PEOPLE = ['ivy', 'bo', 'mei']


class Bot:
    """The recorder, and what it has noted."""

    def __init__(self, place, told, **env):
        self.place = place
        self.record = place.cwd / 'record'
        self.env = {**place.env, 'BOT_TOKEN': told['token'], 'BOT_API_ROOT': told['bot_api'],
                    'BOT_STORE': str(place.cwd / 'bot.db'), 'BOT_RECORD': str(self.record), **env}
        self.process = None

    def start(self):
        self.process = subprocess.Popen([RECORDER], cwd=self.place.cwd, env=self.env,
                                        stderr=open(self.place.path / 'bot.log', 'a'))
        self.place.stack.callback(story.stop, self.process)

    def lines(self):
        return self.record.read_text().splitlines() if self.record.exists() else []

    def wait_for(self, count):
        """Until so many different texts were noted."""
        end = time.monotonic() + story.PATIENCE
        while len(set(self.lines())) < count:
            assert self.process.poll() is None, (self.place.path / 'bot.log').read_text()
            assert time.monotonic() < end, (count, len(set(self.lines())))
            time.sleep(0.02)


def sim(place, *args):
    told = place.sim('--world', str(story.ROOT / 'examples' / 'world' / 'world.json'), '--control', '0', '--bot-api', '0', *args)
    told['token'] = next(a['token'] for a in told['accounts'] if 'thistle' in a.get('username', ''))
    return told


def say(place, told, who, n):
    place.tell_sim(told, do='say', by=who, chat='thistle', text=f'{who}-{n}')


def heard(place, told, who):
    """What the bot has said to somebody."""
    answer = place.tell_sim(told, do='hear', by=who, chat='thistle')
    return [h['text'] for h in answer['heard'] if h.get('text', '').startswith('heard ')]


def talk(place, *faults, count=20, **env):
    """Everybody says so many things to a bot in a bad network; what each was answered."""
    told = sim(place, *(['--faults', ','.join(faults)] if faults else []))
    bot = Bot(place, told, **env)
    bot.start()
    for n in range(count):
        for who in PEOPLE:
            say(place, told, who, n)
    bot.wait_for(count * len(PEOPLE))
    bot.process.send_signal(signal.SIGTERM)
    assert bot.process.wait(story.PATIENCE) == 0
    counts = collections.Counter(bot.lines())
    assert max(counts.values()) == 1, counts.most_common(3)
    hits = place.tell_sim(told, do='faults')
    return {who: heard(place, told, who) for who in PEOPLE}, hits


def test_everything_goes_wrong(place):
    """What is refused is asked for again: all is answered once, and in order."""
    answers, hits = talk(place, 'bot.jitter=20', 'bot.flood=sendMessage:15/2:1', 'bot.gateway=sendMessage:502:5',
                         'bot.error=sendMessage:500:5', 'bot.gateway=getUpdates:502:10', 'bot.error=getUpdates:409:10',
                         'bot.lost=getUpdates:10', 'bot.reset=getUpdates:10', 'bot.short=getUpdates:10')
    for who in PEOPLE:
        assert answers[who] == [f'heard {who}-{n}' for n in range(20)], (answers[who], hits)


def test_answers_that_are_lost(place):
    """Nobody knows whether those were sent: none is sent twice."""
    answers, hits = talk(place, 'bot.lost=sendMessage:10', 'bot.short=sendMessage:10', 'bot.reset=sendMessage:10')
    for who in PEOPLE:
        assert len(set(answers[who])) == len(answers[who]), (answers[who], hits)
        assert len(answers[who]) > 10, (answers[who], hits)


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as free:
        return str(free.getsockname()[1])


def test_calls_in_answers(place):
    """A webhook whose answers hold the replies."""
    answers, _ = talk(place, BOT_HOOK_PORT=free_port(), BOT_INLINE='1')
    for who in PEOPLE:
        assert answers[who] == [f'heard {who}-{n}' for n in range(20)], answers[who]


def test_telegrams_rates_are_kept(place):
    """Where more would be refused, nothing is."""
    answers, hits = talk(place, 'bot.limits=1', count=10, BOT_PACE='1')
    for who in PEOPLE:
        assert answers[who] == [f'heard {who}-{n}' for n in range(10)], answers[who]
    assert hits['faults']['bot']['limits'] == 0, hits


def test_telegram_says_to_wait(place):
    """Who answers at once is refused now and then, waits, and loses nothing."""
    answers, hits = talk(place, 'bot.limits=1', count=10)
    for who in PEOPLE:
        assert answers[who] == [f'heard {who}-{n}' for n in range(10)], answers[who]
    assert hits['faults']['bot']['limits'] > 0, hits


def test_an_orderly_end(place):
    """SIGTERM: what is being handled is finished, and is not handled again."""
    told = sim(place)
    bot = Bot(place, told, BOT_WORK_MS='400')
    bot.start()
    for who in PEOPLE:
        say(place, told, who, 1)
    bot.wait_for(len(PEOPLE))
    bot.process.send_signal(signal.SIGTERM)
    assert bot.process.wait(story.PATIENCE) == 0
    assert bot.lines()[-1] == 'stopped'
    bot.start()
    say(place, told, 'ivy', 2)
    bot.wait_for(len(PEOPLE) + 2)
    counts = collections.Counter(bot.lines())
    assert max(counts.values()) == 1, counts


story.main()
