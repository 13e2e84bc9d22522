# SPDX-License-Identifier: MIT
"""The examples that converse: killed between any two steps they go on where they were."""
import os
import random
import re
import signal
import subprocess
import time

import story

SOON_MS = 20000


class Talk:
    """An example at work, and somebody who talks with it."""

    def __init__(self, place, example, who='ivy', told=None, **env):
        self.place, self.who = place, who
        self.told = told or place.sim('--world', str(story.ROOT / 'examples' / 'world' / 'world.json'), '--control', '0',
                                      '--bot-api', '0')
        account = next(a for a in self.told['accounts'] if 'thistle' in a.get('username', ''))
        self.program = os.path.join(os.environ['TOBS_EXAMPLES'], 'example_' + example)
        self.env = {**place.env, 'BOT_TOKEN': account['token'], 'BOT_API_ROOT': self.told['bot_api'], **env}
        self.at = 0
        self.process = None

    def start(self):
        self.process = subprocess.Popen([self.program], cwd=self.place.cwd, env=self.env,
                                        stderr=open(self.place.path / 'bot.log', 'a'))
        self.place.stack.callback(story.stop, self.process)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self):
        self.kill()
        self.start()

    def stop(self):
        assert story.stop(self.process) == 0, self.log()

    def log(self):
        return (self.place.path / 'bot.log').read_text()

    def tell(self, do, **more):
        return self.place.tell_sim(self.told, do=do, by=self.who, chat='thistle', **more)

    def say(self, text):
        self.tell('say', text=text)

    def press(self, button):
        self.tell('press', button=button)

    def hear(self, *patterns):
        """Waits for a message, new or changed, in which one of these stands; the match."""
        end = time.monotonic() + story.PATIENCE
        seen = []
        while time.monotonic() < end:
            answer = self.tell('hear', after=self.at, wait=SOON_MS)
            for h in answer['heard']:
                seen.append(h.get('text', ''))
            for text in seen:
                for pattern in patterns:
                    found = re.search(pattern, text)
                    if found:
                        self.at = answer['at']
                        return found
            self.at = answer['at']
        raise AssertionError((patterns, seen, self.log()))

    def ask(self, text, *patterns):
        self.say(text)
        return self.hear(*patterns)

    def push(self, button, *patterns):
        self.press(button)
        return self.hear(*patterns)


def test_registration(place):
    t = Talk(place, 'registration')
    t.start()
    t.ask('/me', "don't know you")
    t.ask('/register', 'your name')
    t.ask('Ivy', 'Hello, Ivy')
    t.ask('no address', 'has an @')
    t.ask('ivy@example.org', 'Ivy, ivy@example.org. Is that right')
    t.push('No', 'once more: what is your name')
    t.ask('Ivy Green', 'Hello, Ivy Green')
    t.ask('ivy@example.org', 'Is that right')
    t.push('Yes', 'You are registered')
    t.ask('/me', 'Ivy Green, ivy@example.org. There were 1 registrations')
    t.ask('/register', 'your name')
    t.ask('/cancel', 'Cancelled')
    t.ask('/me', 'There were 1 registrations')
    t.stop()


def killed(t, rng, do, *patterns):
    """A step, and a kill at any moment from before it is fetched to after it is saved."""
    do()
    if rng.random() < 0.5:
        t.hear(*patterns)
        time.sleep(rng.choice([0, 0, 0.001, 0.005]))
        t.restart()
        return
    time.sleep(rng.random() * 0.05)
    t.restart()
    t.hear(*patterns)


def test_killed_between_any_two_steps(place):
    """What was answered is never asked again, and nothing is counted twice."""
    rng = random.Random(7)
    t = Talk(place, 'registration')
    t.start()
    rounds = 6
    for n in range(rounds):
        killed(t, rng, lambda: t.say('/register'), 'your name')
        killed(t, rng, lambda: t.say(f'Ivy {n}'), f'Hello, Ivy {n}\\.')
        killed(t, rng, lambda: t.say(f'{n}@example.org'), f'Ivy {n}, {n}@example.org. Is that right')
        killed(t, rng, lambda: t.press('Yes'), 'You are registered')
        t.ask('/me', f'Ivy {n}, {n}@example.org. There were {n + 1} registrations')
    t.stop()


def test_time_out(place):
    """It passes while the bot runs, and while it does not."""
    t = Talk(place, 'registration', TIMEOUT_S='3')
    t.start()
    t.ask('/register', 'your name')
    t.hear('quiet for so long')
    t.ask('/me', "don't know you")
    t.ask('/register', 'your name')
    t.ask('Ivy', 'Hello, Ivy')
    t.kill()
    time.sleep(3.5)
    t.start()
    t.hear('quiet for so long')
    t.ask('/register', 'your name')
    t.stop()


def test_everybody_has_their_own(place):
    ivy = Talk(place, 'registration')
    bo = Talk(place, 'registration', 'bo', ivy.told)
    ivy.start()
    ivy.ask('/register', 'your name')
    bo.ask('/register', 'your name')
    bo.ask('Bo', 'Hello, Bo')
    ivy.ask('Ivy', 'Hello, Ivy')
    bo.ask('bo@example.org', 'Bo, bo@example.org')
    ivy.ask('/cancel', 'Cancelled')
    bo.push('Yes', 'You are registered')
    ivy.ask('/me', "don't know you")
    bo.ask('/me', 'Bo, bo@example.org')
    ivy.stop()


def test_pizza(place):
    t = Talk(place, 'pizza')
    t.start()
    t.ask('/order', 'How large')
    t.ask('Large', 'go on top')
    t.push('Olives', 'go on top')
    t.push('Pineapple', 'go on top')
    t.restart()
    t.push('✓ Pineapple', 'go on top')
    t.push('◀ Size', 'Small or Large')
    t.ask('Small', 'go on top')
    t.push('Onions', 'go on top')
    t.restart()
    order = t.push('Done ▶', r'(?s)Small pizza.*').group()
    assert order == 'Small pizza\n+ Olives\n+ Onions\n\n/confirm or /cancel', order
    t.ask('/confirm', 'Order 1 is in the oven')
    t.ask('/order', 'How large')
    t.ask('Large', 'go on top')
    t.ask('/cancel', 'No pizza')
    t.stop()


story.main()
