# SPDX-License-Identifier: MIT
"""A thousand people talk to a bot that is killed again and again: nothing is lost, and everything stays in its order.

TOBS_KILL_UPDATES says how many updates; 100000 take some minutes.
"""
import collections
import json
import os
import random
import signal
import socket
import subprocess
import time

import story

RECORDER = os.environ.get('TOBS_BOT_RECORDER', '')
UPDATES = int(os.environ.get('TOBS_KILL_UPDATES', '20000'))
CHATS = 1000
TOKEN = '20001:AA-the-token-of-a-bot-that-is-killed'


def world(place, chats):
    people = [{'key': f'p{i}', 'id': 30000 + i, 'first_name': f'P{i}', 'account': {}} for i in range(chats)]
    bot = {'key': 'bot', 'id': 20001, 'first_name': 'Bot', 'username': 'killed_bot', 'bot': True, 'account': {'token': TOKEN}}
    return place.write('world.json', json.dumps({'tobs_world': 1, 'users': [*people, bot]}))


class Feed:
    """What people say, many commands on their way at once."""

    def __init__(self, place, told):
        self.socket = place.stack.enter_context(socket.create_connection(('127.0.0.1', told['control'])))
        self.answers = place.stack.enter_context(self.socket.makefile())

    def do(self, commands):
        self.socket.sendall(''.join(json.dumps(c) + '\n' for c in commands).encode())
        for command in commands:
            answer = json.loads(self.answers.readline())
            assert answer['ok'], (command, answer)
            yield answer


class Bot:
    """The recorder (tests/peer/bot_recorder.c), and what it has noted: "<chat> <text>" whenever a handler begins."""

    def __init__(self, place, told, **env):
        self.place = place
        self.record = place.cwd / 'record'
        self.env = {**place.env, 'BOT_TOKEN': TOKEN, 'BOT_API_ROOT': told['bot_api'], 'BOT_STORE': str(place.cwd / 'bot.db'),
                    'BOT_RECORD': str(self.record), 'BOT_MARK': '1', **env}
        self.process = None
        self.ends = []  # bytes of the record when it was killed

    def start(self):
        self.process = subprocess.Popen([RECORDER], cwd=self.place.cwd, env=self.env, stderr=open(self.place.path / 'bot.log', 'a'))
        self.place.stack.callback(story.stop, self.process)

    def kill(self):
        assert self.process.poll() is None, (self.place.path / 'bot.log').read_text()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.ends.append(self.record.stat().st_size if self.record.exists() else 0)

    def wait(self, count):
        """Until it has noted so many in this life."""
        end = time.monotonic() + story.PATIENCE
        while not self.record.exists() or self.tail().count(b'\n') < count:
            assert time.monotonic() < end and self.process.poll() is None, (self.place.path / 'bot.log').read_text()
            time.sleep(0.002)

    def tail(self):
        with self.record.open('rb') as file:
            file.seek(self.ends[-1] if self.ends else 0)
            return file.read()

    def runs(self):
        """What each life of it noted: [[(chat, n, whether it was marked as one that may have come before)]]."""
        data = self.record.read_bytes() if self.record.exists() else b''
        cuts = [0, *self.ends, len(data)]
        return [[(chat, int(n), bool(again)) for chat, n, *again in
                 (line.split() for line in data[a:b].decode().splitlines() if line != 'stopped')]
                for a, b in zip(cuts, cuts[1:])]

    def seen(self):
        """Different texts."""
        return {one[:2] for run in self.runs() for one in run}


def judge(bot, updates, chats):
    """Nothing is lost; of each chat all comes in order, and again only what the end of a life cut off. Returns how many did."""
    last, born, again, marks = collections.Counter(), {}, 0, 0
    for life, run in enumerate(bot.runs()):
        for chat, n, marked in run:
            marks += marked
            assert life or not marked, 'there was nothing before the first life'
            if n == last[chat] and n > 0:
                # Only what was at hand when it was killed, so the last of its chat, and in another life.
                assert born[chat] < life, (chat, n, 'twice in one life')
                assert marked, (chat, n, 'came again without a mark')
                again += 1
            else:
                assert n == last[chat] + 1, (chat, n, 'after', last[chat], 'in life', life)
            last[chat], born[chat] = n, life
    assert sum(last.values()) == updates and len(last) == chats, (sum(last.values()), updates)
    # At most what was in the inbox, and one answer of getUpdates: not everything is suspect.
    assert marks < updates / 2, (marks, updates)
    return again


def answered(feed, chats, per_chat):
    """What people got: each text at least once, in order; and how many came twice."""
    commands = [{'do': 'hear', 'by': f'p{i}', 'chat': 'bot'} for i in range(chats)]
    for command, answer in zip(commands, feed.do(commands)):
        heard = [int(one['text'].split()[-1]) for one in answer['heard']]
        assert list(dict.fromkeys(heard)) == sorted(set(heard)), (command, heard)
        missing = set(range(1, per_chat + 1)) - set(heard)
        yield len(missing), len(heard) - len(set(heard))


def said(chats, per_chat):
    """Commands, a thousand at a time: each says 1 … per_chat, often a few in a row."""
    rng, next_of, waiting, out = random.Random(7), [1] * chats, list(range(chats)), []
    while waiting:
        at = rng.randrange(len(waiting))
        who = waiting[at]
        for _ in range(rng.randint(1, 4)):
            if next_of[who] <= per_chat:
                out.append({'do': 'say', 'by': f'p{who}', 'chat': 'bot', 'text': str(next_of[who])})
                next_of[who] += 1
        if next_of[who] > per_chat:
            waiting[at] = waiting[-1]
            waiting.pop()
        if len(out) >= 1000 or not waiting:
            yield out
            out = []


def killed(place, chats, updates, **env):
    if not RECORDER:
        raise story.Skip('TOBS_BOT_RECORDER says where the bot is')
    told = place.sim('--world', str(world(place, chats)), '--control', '0', '--bot-api', '0')
    feed, bot = Feed(place, told), Bot(place, told, **env)
    per_chat = updates // chats
    rng = random.Random(8)
    bot.start()
    for n, commands in enumerate(said(chats, per_chat)):
        list(feed.do(commands))
        if n % 2:
            # In the middle of it: a life has two thousand updates before it, and those that were left over.
            bot.wait(rng.randrange(1, 1500))
            bot.kill()
            bot.start()
    # The last life is an orderly one.
    list(feed.do([{'do': 'say', 'by': 'p0', 'chat': 'bot', 'text': str(per_chat + 1)}]))
    end = time.monotonic() + story.PATIENCE
    while len(bot.seen()) <= per_chat * chats:
        assert time.monotonic() < end, f'{len(bot.seen())} of {per_chat * chats + 1} came'
        time.sleep(0.1)
    bot.process.send_signal(signal.SIGTERM)
    assert bot.process.wait(timeout=story.PATIENCE) == 0, (place.path / 'bot.log').read_text()
    again = judge(bot, per_chat * chats + 1, chats)
    lost, twice = map(sum, zip(*answered(feed, chats, per_chat)))
    print(f'# {per_chat * chats} updates of {chats} chats, {len(bot.ends)} kills: {again} handled again; '
          f'{twice} answers twice, {lost} never sent')
    assert len(bot.ends) == updates // 2000, bot.ends
    # A kill catches what is being handled, at most 256 at once; an answer comes twice for that reason alone.
    assert lost == 0 and twice <= again <= 256 * len(bot.ends), (lost, twice, again)


def test_a_thousand_chats(place):
    killed(place, CHATS, UPDATES)


def test_behind_a_webhook(place):
    with socket.create_server(('127.0.0.1', 0)) as free:
        port = free.getsockname()[1]
    killed(place, CHATS, UPDATES // 3, BOT_HOOK_PORT=str(port))


story.main()
