#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Talk with a bot of yours in the terminal, without an account and without a network:

    examples/talk.py ./hello

starts a simulated Telegram (tobs sim), the bot with BOT_TOKEN and BOT_API_ROOT
in its environment, and brings it what you type. [Yes] presses the button that
says Yes; Ctrl-D ends it all. Should the bot fail, what it wrote to its standard
error is shown. --tobs names the program, if it is not the one of `make` or in
PATH; --world FILE takes the people and chats of that world.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[1]
SOON_MS = 60000


class Control:
    """Commands for the simulator; docs/simulator.md lists them. One at a time."""

    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', port))
        self.lines = self.socket.makefile()

    def ask(self, **command):
        self.socket.sendall(json.dumps(command).encode() + b'\n')
        line = self.lines.readline()
        if not line:
            raise EOFError('the simulator has ended')
        return json.loads(line)

    def close(self):
        self.lines.close()
        self.socket.close()


class Talk:
    """A person, a bot at work, and the simulator between them."""

    def __init__(self, bot, tobs, folder, world=None, env=None):
        self.folder = pathlib.Path(folder)
        more = ['--world', os.path.abspath(world)] if world else ['--synthetic', 'plain,messages=1']
        self.env = dict(os.environ if env is None else env)
        # Settings that somebody has for chats of their own have no say here.
        clean = {k: v for k, v in self.env.items() if not k.startswith('TOBS_')}
        self.sim = subprocess.Popen([tobs, 'sim', '--json', '--folder', folder, '--bot-api', '0', '--control', '0', *more],
                                    cwd=folder, env=clean, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        line = self.sim.stdout.readline()
        if not line:
            raise SystemExit('talk: the simulator did not start')
        self.told = json.loads(line)
        accounts = self.told['accounts']
        account = next(a for a in accounts if 'token' in a)
        self.by = next(a['id'] for a in accounts if 'code' in a)
        self.chat = account['id']
        self.env.update(BOT_TOKEN=account['token'], BOT_API_ROOT=self.told['bot_api'])
        self.commands, self.ears = Control(self.told['control']), Control(self.told['control'])
        self.at = 0
        self.program, self.bot = [str(pathlib.Path(bot[0]).resolve()), *bot[1:]], None
        self.start()

    def start(self):
        # A fresh folder: what a bot remembers of another simulator is of no use here.
        self.bot = subprocess.Popen(self.program, cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                                    stderr=open(self.folder / 'bot.log', 'a'))

    def say(self, text):
        """Says it to the bot; the words of a refusal, or None."""
        done = self.commands.ask(do='say', by=self.by, chat=self.chat, text=text)
        return None if done['ok'] else done['error']

    def press(self, button):
        """What the bot answers, '' for nothing."""
        done = self.commands.ask(do='press', by=self.by, chat=self.chat, button=button, wait=SOON_MS)
        return done.get('answer', {}).get('text', '') if done['ok'] else done['error']

    def hear(self, wait=SOON_MS):
        """What the bot has said or changed since the last time; waits for it so many ms."""
        done = self.ears.ask(do='hear', by=self.by, chat=self.chat, after=self.at, wait=wait)
        self.at = done.get('at', self.at)
        return done.get('heard', [])

    def stop(self):
        """Ends the bot as a service manager does; its exit status."""
        self.bot.terminate()
        return self.bot.wait()

    def close(self):
        code = self.stop()
        # Whoever listens hears of the end by that.
        self.sim.terminate()
        self.sim.wait()
        self.sim.stdout.close()
        self.ears.close()
        self.commands.close()
        return code


def show(message):
    print(('bot (changed): ' if message.get('edited') else 'bot: ') + message['text'] +
          (f'  <{message["media"]}>' if 'media' in message else ''))
    for row in message.get('buttons', []):
        print('     ' + ' '.join(f'[{b}]' for b in row))
    sys.stdout.flush()


def listen(talk):
    try:
        while True:
            for message in talk.hear():
                show(message)
    except (OSError, EOFError, ValueError):
        pass  # the end


def watch(bot, ended):
    bot.wait()
    if not ended.is_set():
        os.kill(os.getpid(), signal.SIGINT)  # whoever waits for a line


def converse(talk):
    ears = None
    for line in sys.stdin:
        line = line.rstrip('\n')
        if not line:
            continue
        if line[0] == '[' and line[-1] == ']':
            said = talk.press(line[1:-1])
        else:
            said = talk.say(line)
        if said:
            print(f'({said})', flush=True)
        if not ears:  # there is a chat now
            ears = threading.Thread(target=listen, args=(talk,), daemon=True)
            ears.start()


def find_tobs():
    built = ROOT / 'build' / 'release' / 'tobs'
    return str(built) if built.exists() else shutil.which('tobs')


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('bot', nargs='+')
    p.add_argument('--tobs', type=os.path.abspath, default=find_tobs())
    p.add_argument('--world')
    args = p.parse_args()
    if not args.tobs:
        sys.exit('talk: there is no tobs; make builds it')
    if not os.access(args.bot[0], os.X_OK):
        sys.exit(f'talk: {args.bot[0]} is no program')
    folder = tempfile.mkdtemp(prefix='tobs-talk-')
    talk = Talk(args.bot, args.tobs, folder, args.world)
    print('Say something: /start, perhaps. [Yes] presses a button, Ctrl-D ends.', flush=True)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        threading.Thread(target=watch, args=(talk.bot, ended), daemon=True).start()
        converse(talk)
    except KeyboardInterrupt:
        print()
    finally:
        for signo in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signo, signal.SIG_IGN)  # it is ending
        ended.set()
        code = talk.close()
    log = (talk.folder / 'bot.log').read_text()
    shutil.rmtree(folder)
    if code:
        print(f'The bot ended with {code}; what it wrote:\n{log}', end='')
        sys.exit(1)


if __name__ == '__main__':
    main()
