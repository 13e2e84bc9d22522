# SPDX-License-Identifier: MIT
"""make bench: what tobs takes for its work, beside others where they are installed.

Everything is on this machine, over loopback, one after the other; each number is
the median of three runs unless the program that measures says otherwise. Prints
one table and writes it to docs/benchmarks.md. Nothing here passes or fails.

    run.py BUILD [--only WORDS] [--large] [--out FILE]

`--only` runs the rows whose name holds one of the words (and writes no file);
`--large` exports ten million messages as well (some GB in the temporary folder).
"""
import argparse
import contextlib
import json
import os
import pathlib
import platform
import re
import select
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PEERS = pathlib.Path('/tmp/pk')
RUNS = 3
HASH = '0123456789abcdef0123456789abcdef'


class Row:
    """One line of the table: what is done, how fast we are, how fast others are, what is aimed at."""

    def __init__(self, work, ours, peers=None, aim='', note=''):
        self.work, self.ours, self.peers, self.aim, self.note = work, ours, peers or {}, aim, note


# ---- running programs ----

class Run:
    """A program that ran to its end: what it printed, and what it took."""

    def __init__(self, argv, cwd=None, env=None):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            began = time.monotonic()
            process = subprocess.Popen(argv, cwd=cwd, env=env, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.wall = time.monotonic() - began
            out.seek(0)
            err.seek(0)
            self.out = out.read().decode(errors='replace')
            self.err = err.read().decode(errors='replace')
        self.cpu = used.ru_utime + used.ru_stime
        self.rss_mib = used.ru_maxrss / 1024
        if process.returncode:
            raise RuntimeError(f'{" ".join(map(str, argv))}: exit {process.returncode}\n{self.err[-2000:]}')


def median(runs, what):
    return statistics.median(what(run) for run in runs)


def per_second(rate):
    return f'{rate / 1e6:.2f} M msg/s' if rate >= 1e6 else f'{rate / 1e3:.0f} k msg/s' if rate >= 1e4 else f'{rate:.0f} msg/s'


class Bench:
    def __init__(self, build, folder):
        self.build, self.folder = pathlib.Path(build).resolve(), pathlib.Path(folder)
        self.tobs = self.build / 'tobs'

    def program(self, name, *args):
        """Runs one of the small programs, which take the best of some tries themselves."""
        return Run([self.build / 'bench' / ('bench_' + name), *args], cwd=self.folder).out

    def peer(self, name, *args):
        """What another library takes for it, or None where it is not installed."""
        argv = {'mtcute': ['node', ROOT / 'bench' / 'peers' / 'mtcute.mjs'],
                'Telethon': ['/usr/bin/python3', ROOT / 'bench' / 'peers' / 'telethon_peer.py']}[name]
        if name == 'mtcute' and not (PEERS / 'node_modules' / '@mtcute').exists():
            return None
        try:
            runs = [json.loads(Run([*argv, *args], env={**os.environ, 'TOBS_PEERS': str(PEERS)}).out)
                    for _ in range(RUNS)]
        except (RuntimeError, FileNotFoundError, json.JSONDecodeError) as error:
            print(f'# {name} {args[0]}: {error}', file=sys.stderr)
            return None
        return {key: statistics.median(run[key] for run in runs) for key in runs[0]}

    def peers(self, show, *args, names=('mtcute', 'Telethon')):
        return {name: show(got) for name in names if (got := self.peer(name, *args))}


class Telegram:
    """A simulated Telegram with one account, and somebody's home beside it."""

    def __init__(self, bench, synthetic, *args):
        self.bench = bench
        self.place = pathlib.Path(tempfile.mkdtemp(dir=bench.folder))
        self.env = {'PATH': os.environ['PATH'], 'HOME': str(self.place), 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC'}
        self.process = subprocess.Popen(
            [bench.tobs, 'sim', '--json', '--folder', self.place / 'sim', '--control', '0', '--synthetic', synthetic, *args],
            env=self.env, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.told = json.loads(self.process.stdout.readline())
        home = self.told['dcs'][self.told['home_dc'] - 1]
        self.env['TOBS_SERVER'] = f'sim:{home["port"]},{self.told["key"]}'
        self.env['TOBS_SESSION'] = str(self.place / 'session')
        shutil.copy(self.told['env'], self.place / '.env')
        self.run('login')
        account = self.told['accounts'][0]
        self.task = {'host': '127.0.0.1', 'dc': self.told['home_dc'], 'port': home['port'], 'key': self.told['key'],
                     'api_id': 1, 'api_hash': HASH, 'phone': account['phone'], 'code': account['code']}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.place, ignore_errors=True)

    def run(self, *args):
        return Run([self.bench.tobs, *args], cwd=self.place, env=self.env)

    def export(self, *args, fresh=True):
        if fresh:
            shutil.rmtree(self.place / 'out', ignore_errors=True)
        return self.run('export', '--all', '--out', 'out', '--progress', 'none', *args)

    def tell(self, **command):
        with contextlib.closing(socket.create_connection(('127.0.0.1', self.told['control']))) as s:
            s.sendall(json.dumps(command).encode() + b'\n')
            answer = json.loads(s.makefile().readline())
        if not answer['ok']:
            raise RuntimeError(str(answer))
        return answer


# ---- the rows ----

def tl_rows(b):
    out = b.program('tl')
    for kind, aim in (('plain', '≥ 4 M'), ('mixed', '≥ 2.5 M')):
        rate, = re.findall(rf'^tl decode {kind} .*? ([\d.]+) M msg/s', out, re.M)
        with Telegram(b, f'{kind},messages=2000') as t:
            peers = b.peers(lambda got: per_second(got['messages_s']), 'tl', json.dumps(t.task), names=['mtcute'])
        yield Row(f'TL: decode a page of 100 messages, {kind}', per_second(float(rate) * 1e6), peers, aim)


def ige_rows(b):
    out = b.program('crypto')
    best = max(map(float, re.findall(r'^AES-IGE decrypt, (?!portable).*? 1 at once +([\d.]+) MiB/s', out, re.M)), default=0)
    yield Row('AES-256-IGE, one stream', f'{best:.0f} MiB/s', b.peers(lambda got: f'{got["mib_s"]:.0f} MiB/s', 'ige'),
              '≥ 900 MiB/s')


def client_rows(b):
    out = b.program('client')
    ms, = re.findall(r'^connect .*? ([\d.]+) ms  ', out, re.M)
    rate, cpu = re.findall(r'^history, mixed +16 in flight +(\d+) messages/s +CPU +([\d.]+) us', out, re.M)[0]
    with Telegram(b, 'mixed,messages=50000') as t:
        connect = b.peers(lambda got: f'{got["connect_ms"]:.0f} ms', 'connect', json.dumps(t.task))
        history = b.peers(lambda got: f'{per_second(got["messages_s"])}, {got["cpu_us"]:.1f} µs CPU', 'fetch',
                          json.dumps({**t.task, 'messages': 50000, 'flight': 8}), names=['mtcute'])
    yield Row('connect, key, first call', f'{float(ms):.0f} ms', connect, '≤ 30 ms')
    yield Row('history over loopback, mixed, fetch only', f'{per_second(float(rate))}, {float(cpu):.1f} µs CPU', history,
              '≥ 400 k msg/s, ≤ 2 µs', 'the simulator keeps the pages ready for ours')


def export_rows(b, count=1000000):
    with Telegram(b, f'mixed,messages={count}') as t:
        runs = [t.export() for _ in range(RUNS)]
        ours = (f'{per_second(median(runs, lambda r: count / r.wall))}, '
                f'{median(runs, lambda r: r.cpu / count * 1e6):.1f} µs CPU, {max(r.rss_mib for r in runs):.0f} MiB')
        again = [rerender(t) for _ in range(RUNS)]
        small = incremental(t)
        with Telegram(b, 'mixed,messages=50000') as p:
            peers = b.peers(lambda got: f'{per_second(got["messages_s"])}, {got["cpu_us"]:.1f} µs CPU, '
                                        f'{got["rss_kib"] / 1024:.0f} MiB',
                            'export', json.dumps({**p.task, 'messages': 50000, 'flight': 8}), str(b.folder / 'peer.md'), names=['mtcute'])
    yield Row(f'whole export of {count:,} mixed messages: fetch, archive, Markdown', ours, peers,
              '≥ 150 k msg/s, ≤ 8 µs, ≤ 64 MiB', 'the others keep no archive; 50,000 messages')
    yield Row(f'writing the files of {count:,} messages again', f'{median(again, lambda r: r.wall):.1f} s', aim='≤ 5 s')
    yield Row(f'100 new after {count:,}', f'{small[0]:.2f} s CPU, {small[1]} files touched', aim='≤ 1 s CPU')


def rerender(t):
    for path in (t.place / 'out').rglob('*.md'):
        path.unlink()
    return t.run('render', '--out', 'out')


def incremental(t):
    """Seconds of CPU for a hundred more, and how many files were written; the median run."""
    with contextlib.closing(sqlite3.connect(f'file:{t.place}/out/.tobs/archive.db?mode=ro', uri=True)) as db:
        chat, = db.execute('SELECT peer FROM chats').fetchone()
        sender, = db.execute('SELECT sender FROM messages WHERE sender IS NOT NULL AND sender != ? LIMIT 1', (chat,)).fetchone()
    runs = []
    for _ in range(RUNS):
        for number in range(100):
            t.tell(do='post', chat=chat, message={'from': sender, 'text': f'one more, {number}'})
        before = {path: path.stat().st_mtime_ns for path in (t.place / 'out').rglob('*.md')}
        run = t.export(fresh=False)
        after = {path: path.stat().st_mtime_ns for path in (t.place / 'out').rglob('*.md')}
        runs.append((run.cpu, sum(before.get(path) != when for path, when in after.items())))
    return sorted(runs)[RUNS // 2]


def latency_rows(b, count=60000, serial=3000):
    with Telegram(b, f'mixed,messages={count}', '--faults', 'latency=100') as t:
        runs = [t.export() for _ in range(RUNS)]
        rate = median(runs, lambda r: count / r.wall)
    with Telegram(b, f'mixed,messages={serial}', '--faults', 'latency=100') as t:
        one = [t.export('-j', '1') for _ in range(RUNS)]
        alone = median(one, lambda r: serial / r.wall)
        peers = b.peers(lambda got: per_second(got['messages_s']), 'export',
                        json.dumps({**t.task, 'messages': serial, 'flight': 1}), str(b.folder / 'peer.md'), names=['mtcute'])
    yield Row(f'whole export of {count:,} at 100 ms latency', f'{per_second(rate)} ({rate / alone:.0f} × one page at a time)',
              peers, '≥ 15 × serial', f'one page at a time ours makes {alone:.0f} msg/s; the others page so')


def flood_rows(b, pages=900, allowed=200, window=10):
    fault = f'flood=messages.getHistory:{allowed}/{window}'
    with Telegram(b, f'mixed,messages={pages * 100}', '--faults', fault) as t:
        runs = [t.export() for _ in range(RUNS)]
        refused = sum(rule['hits'] for rule in t.tell(do='faults')['faults']['rules']) / RUNS
    least = (pages - 1) // allowed * window
    yield Row(f'{pages} pages where {allowed} are allowed in {window} s', f'{least / median(runs, lambda r: r.wall) * 100:.0f} % '
              f'of the limit, {refused:.0f} of {pages + refused:.0f} calls refused', aim='≥ 95 %')


def start_rows(b):
    runs = [Run([b.tobs, 'version']) for _ in range(15)]
    yield Row('from start to end of `tobs version`', f'{median(runs, lambda r: r.wall) * 1e3:.0f} ms', aim='≤ 10 ms')


def large_rows(b, count=10000000):
    with Telegram(b, f'mixed,messages={count}') as t:
        run = t.export()
    yield Row(f'whole export of {count:,} mixed messages', f'{per_second(count / run.wall)}, {run.cpu / count * 1e6:.1f} µs CPU, '
              f'{run.rss_mib:.0f} MiB', aim='≤ 64 MiB', note='one run')


# ---- bots ----

TOKEN = '4200:' + 'A' * 35
BOTS = {'telegraf': ['node', 'bot_telegraf.mjs'], 'grammY': ['node', 'bot_grammy.mjs'],
        'python-telegram-bot': ['/usr/bin/python3', 'bot_ptb.py']}


class Echo:
    """An echo bot at work: how many updates a second, what they cost, how long they took."""

    def __init__(self, b, argv, updates, *load, webhook=False, store='memory:'):
        env = {**os.environ, 'BOT_TOKEN': TOKEN, 'TOBS_PEERS': str(PEERS), 'BOT_STORE': store}
        with subprocess.Popen([b.build / 'bench' / 'bot_load', str(updates), '1000', *load], stdout=subprocess.PIPE) as server:
            env['BOT_API_ROOT'] = json.loads(server.stdout.readline())['root']
            if webhook:
                env['BOT_WEBHOOK_PORT'] = str(free_port())
            bot = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                warm, before = self.told(server, bot)['warm'], cpu_of(bot.pid)
                seen, after = self.told(server, bot), cpu_of(bot.pid)
                self.cpu_us = (after - before) / (updates - warm) * 1e6
                status = pathlib.Path(f'/proc/{bot.pid}/status').read_text()
                self.rss_mib = int(re.search(r'VmHWM:\s+(\d+)', status).group(1)) / 1024
            finally:
                bot.terminate()
                bot.wait()
                server.kill() if sys.exc_info()[0] else server.wait()
        self.rate, self.p50, self.p99, self.overtaken = (seen[k] for k in ('updates_s', 'p50_ms', 'p99_ms', 'overtaken'))

    @staticmethod
    def told(server, bot):
        """The next line of the server; RuntimeError when the bot ends before it."""
        while not select.select([server.stdout], [], [], 0.5)[0]:
            if bot.poll() is not None:
                raise RuntimeError(f'the bot ended with {bot.returncode}')
        return json.loads(server.stdout.readline())


def free_port():
    with contextlib.closing(socket.socket()) as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def cpu_of(pid):
    """Seconds of CPU a process has used."""
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def bots(b, show, *args, **more):
    """Ours, and each of the others that is installed; fewer updates for the others, which are slower."""
    updates, *load = args
    ours = show([Echo(b, [b.build / 'bench' / 'bot_echo'], updates, *load, **more) for _ in range(RUNS)])
    peers = {}
    for name, (program, script) in BOTS.items():
        if more.get('webhook') and name != 'telegraf':
            continue
        try:
            # One that takes an update after the other does 20 a second when answers take 50 ms.
            count = 300 if load and name == 'python-telegram-bot' else max(updates // 10, 1000)
            peers[name] = show([Echo(b, [program, ROOT / 'bench' / 'peers' / script], count, *load, **more)
                                for _ in range(RUNS)])
        except (RuntimeError, FileNotFoundError, json.JSONDecodeError) as error:
            print(f'# {name}: {error}', file=sys.stderr)
    return ours, peers


def speed(runs):
    late = sum(r.overtaken for r in runs)
    return (f'{median(runs, lambda r: r.rate):,.0f}/s, {median(runs, lambda r: r.cpu_us):.0f} µs CPU, '
            f'{max(r.rss_mib for r in runs):.0f} MiB' + (', order lost' if late else ''))


def bot_rows(b):
    os.environ['TOBS_PEERS'] = str(PEERS)
    yield Row('echo bot, polling', *bots(b, speed, 200000), '≥ 35,000/s, ≤ 25 µs, ≤ 8 MiB',
              'ours with the router and five middlewares; bench/bot_load.c is the server')
    yield Row('echo bot, webhook', *bots(b, speed, 200000, webhook=True), '≥ 35,000/s, ≤ 25 µs, ≤ 8 MiB')
    ours = [Echo(b, [b.build / 'bench' / 'bot_echo'], 200000, store=str(b.folder / f'bot{i}.db')) for i in range(RUNS)]
    yield Row('echo bot, polling, SQLite store', speed(ours), {}, '≥ 25,000/s, ≤ 35 µs, ≤ 12 MiB')
    yield Row('echo bot, polling, answers take 50 ms', *bots(b, speed, 30000, 'latency=50'), '≥ 256 / 0.05 s')
    yield Row('the same, 200 updates a second, from update to echo',
              *bots(b, lambda runs: f'p50 {median(runs, lambda r: r.p50 - 50):.1f}, p99 {median(runs, lambda r: r.p99 - 50):.1f} ms',
                    2000, 'latency=50', 'rate=200'), 'p99 ≤ 1.5 ms', 'the 50 ms taken away')


ARCHIVE = {'tl': tl_rows, 'ige': ige_rows, 'client': client_rows, 'export': export_rows, 'latency': latency_rows,
        'flood': flood_rows, 'start': start_rows}


# ---- the table ----

OTHERS = ('mtcute', 'Telethon', *BOTS)

def table(rows):
    names = [name for name in OTHERS if any(name in row.peers for row in rows)]
    head = ['work', 'tobs', *names, 'aim']
    lines = [head, ['---'] * len(head)]
    notes = []
    for row in rows:
        mark = ''
        if row.note:
            notes.append(row.note)
            mark = f' [{len(notes)}]'
        lines.append([row.work + mark, row.ours, *(row.peers.get(name, '') for name in names), row.aim])
    text = '\n'.join('| ' + ' | '.join(cells) + ' |' for cells in lines) + '\n'
    if notes:
        text += '\n' + '\n'.join(f'[{i}] {note}.  ' for i, note in enumerate(notes, 1)) + '\n'
    return text


def machine():
    model = next((line.split(':', 1)[1].strip() for line in open('/proc/cpuinfo') if line.startswith('model name')), platform.machine())
    return f'{os.cpu_count()} cores, {model}, Linux {platform.release().split("-")[0]}'


PAGE = '''# Benchmarks

Written by `make bench`: everything over loopback against `tobs sim` on one machine ({machine}), medians of {runs} runs or the
best of more for the small ones, other people's programs in the same run. What the machine does besides disturbs every number, so
look at the ratios, and run it yourself. "CPU" is the program's own, a message, told by the operating system; the simulator takes
about as much on another core. `bench/run.py` says how each row is measured, `bench/peers/` has what the others run.

{tables}'''


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument('build')
    parse.add_argument('--only', nargs='*', default=[])
    parse.add_argument('--large', action='store_true')
    parse.add_argument('--out', default=str(ROOT / 'docs' / 'benchmarks.md'))
    args = parse.parse_args()
    parts = {'Archive': {**ARCHIVE, **({'large': large_rows} if args.large else {})}, 'Bots': {'bot': bot_rows}}
    page = ''
    with tempfile.TemporaryDirectory(prefix='tobs-bench-') as folder:
        bench = Bench(args.build, folder)
        for part, works in parts.items():
            rows = []
            for name, work in works.items():
                if not args.only or any(word in name for word in args.only):
                    print(f'# {name}', file=sys.stderr, flush=True)
                    rows += work(bench)
            if rows:
                page += f'## {part}\n\n{table(rows)}\n'
    print(page)
    if not args.only:
        pathlib.Path(args.out).write_text(PAGE.format(machine=machine(), runs=RUNS, tables=page.rstrip() + '\n'))
        print(f'Written to {os.path.relpath(args.out)}')


main()
