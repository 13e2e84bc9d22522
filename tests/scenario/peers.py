# SPDX-License-Identifier: MIT
"""Programs of others, run by stories: what they need, and how they are told about the simulator."""
import json
import queue
import shutil
import subprocess
import threading

import story

PEER = story.ROOT / 'tests' / 'peer'


def need(*packages):
    """Skips the story where node or one of these packages is not."""
    missing = [name for name in packages if not (PEER / 'node_modules' / name).is_dir()]
    if not shutil.which('node') or missing:
        raise story.Skip(f'{" and ".join(missing) or "node"} not here: npm ci --ignore-scripts in tests/peer')


def mtcute(told, account=0, broken=False, **task):
    """Runs mtcute as one of the accounts and returns what it tells."""
    need('@mtcute')
    who = told['accounts'][account]
    given = {'host': told['host'], 'dc': told['home_dc'], 'port': told['dcs'][told['home_dc'] - 1]['port'],
             'key': told['key'], 'api_id': told['api_id'], 'api_hash': told['api_hash'],
             'phone': '+' + who.get('phone', ''), 'codes': [who.get('code')], 'passwords': [who.get('password')]}
    done = subprocess.run(['node', str(PEER / 'mtcute_client.mjs')], input=json.dumps({**given, **task}),
                          capture_output=True, text=True, timeout=story.PATIENCE)
    assert done.returncode == 0 and not done.stderr, done.stderr
    answer = json.loads(done.stdout)
    # Connections may break only where the network is told to break them.
    assert all(broken and 'ECONNRESET' in error for error in answer['errors']), answer['errors']
    return answer


class Talker:
    """A program that tells what happens, a line of JSON each."""

    def __init__(self, place, argv, env):
        self.process = subprocess.Popen(argv, env={**place.env, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=open(place.path / 'talker.log', 'a'), text=True)
        self.log = place.path / 'talker.log'
        self.lines, self.told = queue.Queue(), []
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        place.stack.callback(self.end)

    def read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def expect(self, *saw):
        """The next thing it tells of this kind, or of these; what comes before it was told, and nothing went wrong."""
        while True:
            try:
                one = self.lines.get(timeout=story.PATIENCE)
            except queue.Empty:
                raise AssertionError(f'{saw} was not told after {self.told[-5:]}: {self.log.read_text()}') from None
            assert one is not None, f'it ended without {saw}, after {self.told[-5:]}: {self.log.read_text()}'
            self.told.append(one)
            assert one['saw'] != 'error', one['text']
            if one['saw'] in saw:
                return one

    def expect_all(self, *kinds):
        """One of each, in whatever order they are told."""
        found = {}
        while len(found) < len(kinds):
            one = self.expect(*(kind for kind in kinds if kind not in found))
            found[one['saw']] = one
        return [found[kind] for kind in kinds]

    def stop(self):
        """Asks it to end, and returns its status."""
        self.process.terminate()
        return self.process.wait(timeout=story.PATIENCE)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.reader.join()
        self.process.stdout.close()
