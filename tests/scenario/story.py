# SPDX-License-Identifier: MIT
"""What the stories share: a place of their own, the program, a simulator, TAP.

A story is a file with functions called `test_…` that take a Place and use plain
assert. `story.main()` at its end runs them, each in a fresh folder, and prints
TAP. The environment of the person who runs the tests stays outside.
"""
import codecs
import contextlib
import fcntl
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import traceback

TOBS = os.environ.get('TOBS_EXE', '')
ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / 'tests' / 'data' / 'cli'

# The longest any one thing may take before a test gives up, in s. Nothing is expected to come near it.
PATIENCE = 100

TIOCGPTN = 0x80045430  # linux/asm-generic/ioctls.h: the number of a pseudo terminal


class Skip(Exception):
    """This cannot be tried here, and why."""


class Result:
    def __init__(self, args, code, out, err):
        self.args, self.code, self.out, self.err = args, code, out, err

    def __repr__(self):
        return f'tobs {" ".join(self.args)}: exit {self.code}\n-- stdout\n{self.out}-- stderr\n{self.err}--'

    def is_(self, code):
        """The exit status was this one."""
        assert self.code == code, f'expected exit {code}, {self!r}'
        return self

    def says(self, *parts):
        """Standard error holds each of these."""
        for part in parts:
            assert part in self.err, f'not said: {part!r} by {self!r}'
        return self

    def prints(self, *parts):
        """Standard output holds each of these."""
        for part in parts:
            assert part in self.out, f'not printed: {part!r} by {self!r}'
        return self


class Place:
    """A folder, and in it a person's home and what they run there."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.home = self.path / 'home'
        self.home.mkdir()
        self.cwd = self.path / 'here'
        self.cwd.mkdir()
        self.env = {'PATH': os.environ['PATH'], 'HOME': str(self.home), 'LC_ALL': 'C.UTF-8', 'TERM': 'xterm'}
        # What the sanitizers are told, and where the compiler's libraries are.
        for key in ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LD_LIBRARY_PATH'):
            if key in os.environ:
                self.env[key] = os.environ[key]

    def run(self, *args, input='', env=None, cwd=None, **more):
        """Runs tobs to its end, standard input a pipe with `input` in it."""
        done = subprocess.run([TOBS, *args], cwd=cwd or self.cwd, env={**self.env, **(env or {})}, input=input,
                              capture_output=True, text=True, errors='replace', timeout=PATIENCE, **more)
        return Result(args, done.returncode, done.stdout, done.stderr)

    def start(self, *args, env=None, **more):
        """Starts tobs; stop() it, or wait for it."""
        return subprocess.Popen([TOBS, *args], cwd=self.cwd, env={**self.env, **(env or {})}, text=True,
                                errors='replace', **more)

    def write(self, name, text):
        path = self.cwd / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def sim(self, *args, env=None):
        """Starts a simulated Telegram, which ends with the test, and returns what it says about itself."""
        folder = self.path / 'sim'
        process = self.start('sim', '--json', '--folder', str(folder), *args, env=env, stdout=subprocess.PIPE,
                             stdin=subprocess.DEVNULL, stderr=open(self.path / 'sim.log', 'a'))
        self.stack.callback(stop, process)
        line = process.stdout.readline()
        assert line, 'the simulator did not start: ' + (self.path / 'sim.log').read_text()
        told = json.loads(line)
        told['process'] = process
        return told

    def tell_sim(self, told, **command):
        """Sends a command to a simulator that was started with --control, and returns its answer."""
        if 'socket' not in told:
            told['socket'] = self.stack.enter_context(socket.create_connection(('127.0.0.1', told['control'])))
            told['answers'] = self.stack.enter_context(told['socket'].makefile())
        told['socket'].sendall(json.dumps(command).encode() + b'\n')
        answer = json.loads(told['answers'].readline())
        assert answer['ok'], answer
        return answer

    def terminal(self, *args, env=None):
        """Starts tobs on a terminal of its own."""
        terminal = Terminal([TOBS, *args], self.cwd, {**self.env, **(env or {})})
        self.stack.callback(terminal.close)
        return terminal

    @property
    def session(self):
        """Where the default session lies."""
        return self.home / '.local' / 'state' / 'tobs' / 'tobs.session'


class Terminal:
    """A program on a pseudo terminal, and somebody who reads and types there."""

    def __init__(self, argv, cwd, env, columns=100, rows=50):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(cwd)
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
                os.execve(argv[0], argv, env)
            finally:
                os._exit(127)
        self.decode = codecs.getincrementaldecoder('utf-8')('replace').decode
        self.seen = ''  # all that came out
        self.code = None

    def read_more(self):
        """What comes next; '' at the end."""
        ready, _, _ = select.select([self.fd], [], [], PATIENCE)
        assert ready, f'nothing more came after {self.seen!r}'
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # EIO: the other side is closed
            data = b''
        self.seen += self.decode(data)
        return data

    def expect(self, text):
        """Waits until this stands there, after what was expected before."""
        start = getattr(self, 'at', 0)
        while text not in self.seen[start:]:
            assert self.read_more(), f'ended without {text!r}: {self.seen!r}'
        self.at = self.seen.index(text, start) + len(text)

    def type(self, text):
        os.write(self.fd, text.encode())

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def wait(self):
        """Reads to the end; the exit status, 128 + the signal when one ended it."""
        while self.code is None and self.read_more():
            pass
        return self.ended()

    def ended(self):
        """The same without reading what is left."""
        if self.code is None:
            _, status = os.waitpid(self.pid, 0)
            self.code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        return self.code

    def kill(self, signo):
        os.kill(self.pid, signo)

    def far_side(self):
        """The program's side of the terminal, to hold it open beyond the program's end."""
        number = struct.unpack('I', fcntl.ioctl(self.fd, TIOCGPTN, bytes(4)))[0]
        return os.open(f'/dev/pts/{number}', os.O_RDWR | os.O_NOCTTY)

    def close(self):
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


def nginx():
    """An nginx: the system's, or the one tools/setup.sh has unpacked."""
    path = os.pathsep.join([os.environ['PATH'], '/usr/sbin', str(ROOT / 'build' / 'nginx' / 'usr' / 'sbin')])
    found = shutil.which('nginx', path=path)
    if not found:
        raise Skip('nginx is not here')
    return found


def stop(process, signo=signal.SIGTERM):
    """Ends a process that start() started, if it has not ended, and returns its exit status."""
    if process.poll() is None:
        process.send_signal(signo)
    try:
        return process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def golden(name, text):
    """`text` is what the file of this name holds; with TOBS_GOLDEN=write it is written instead."""
    path = DATA / name
    if os.environ.get('TOBS_GOLDEN') == 'write':
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    have = path.read_text() if path.exists() else ''
    if have != text:
        import difflib
        diff = difflib.unified_diff(have.splitlines(True), text.splitlines(True), str(path), 'now')
        raise AssertionError('not as in the file (TOBS_GOLDEN=write writes it anew):\n' + ''.join(diff))


def judge(folder, flavour, *desktop):
    """What a CommonMark parser found in the Markdown files of an archive; see tests/peer/md_judge.c."""
    done = subprocess.run([os.environ['TOBS_MD_JUDGE'], str(folder), flavour, *map(str, desktop)], capture_output=True,
                          text=True, errors='replace', timeout=PATIENCE)
    assert done.returncode in (0, 1) and done.stdout, (done.returncode, done.stderr)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return json.loads(done.stdout)


def run_one(function):
    path = tempfile.mkdtemp(prefix='tobs-story-')
    try:
        with contextlib.ExitStack() as stack:
            place = Place(path)
            place.stack = stack
            function(place)
    finally:
        # A test may have taken rights away.
        for folder, _, _ in os.walk(path):
            os.chmod(folder, 0o700)
        shutil.rmtree(path)


def main():
    module = sys.modules['__main__']
    tests = [f for name, f in vars(module).items() if name.startswith('test_') and callable(f)]
    only = sys.argv[1:]
    print(f'1..{len(tests)}', flush=True)
    bad = 0
    for number, function in enumerate(tests, 1):
        name = function.__name__[len('test_'):].replace('_', ' ')
        if only and function.__name__ not in only:
            print(f'ok {number} {name} # SKIP not asked for', flush=True)
            continue
        try:
            run_one(function)
            print(f'ok {number} {name}', flush=True)
        except Skip as why:
            print(f'ok {number} {name} # SKIP {why}', flush=True)
        except BaseException:
            bad += 1
            print(f'not ok {number} {name}', flush=True)
            for line in traceback.format_exc().splitlines():
                print(f'# {line}', flush=True)
    sys.exit(bool(bad))
