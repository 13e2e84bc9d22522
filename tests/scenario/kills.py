# SPDX-License-Identifier: MIT
"""A large export killed again and again, and one on a network where everything goes wrong, against one that was left
alone: the same archive and the same files."""
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time

import story

WORLD = 'mixed,messages=60000,density=0.9;plain,kind=channel,seed=2,messages=30000;mixed,kind=forum,seed=3,messages=10000'
TOTAL = 100000
KILLS = 10

# What says when and how often tobs ran, and not what it found.
OWN = {'runs': None, 'failures': None, 'meta': None,
       'renders': {'mtime_ns', 'checkpoints'},
       'chats': {'synced', 'version'}, 'peers': {'seen'}, 'accounts': {'seen'}, 'names': {'since'}}


def logged_in(place, *args):
    told = place.sim('--synthetic', WORLD, *args)
    place.env['TOBS_SERVER'] = f'sim:{told["dcs"][told["home_dc"] - 1]["port"]},{told["key"]}'
    shutil.copy(told['env'], place.cwd / '.env')
    place.run('login').is_(0)
    return told


def archive(folder):
    """Every row of every table that holds what was found. Chats are numbered in the order in which they came, which is
    no two runs' the same: here the chat itself stands for its number."""
    with sqlite3.connect(f'file:{folder}/.tobs/archive.db?mode=ro', uri=True) as db:
        assert db.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        peer_of = {0: 0, **dict(db.execute('SELECT no, peer FROM chats').fetchall())}  # 0: no chat's, as the list of all
        out = {}
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
            own = OWN.get(table, set())
            if own is None:
                continue
            columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")') if row[1] not in own]
            rows = db.execute(f'SELECT {", ".join(columns)} FROM "{table}"').fetchall()
            out[table] = sorted((tuple(named(name, value, peer_of) for name, value in zip(columns, row)) for row in rows), key=repr)
    return out


def named(column, value, peer_of):
    if column == 'key':
        return peer_of[value >> 32], value & 0xffffffff
    return peer_of[value] if column in ('no', 'chat') else value


def files(folder):
    """The hash of every file beside the archive."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob('*')) if path.is_file() and '.tobs' not in path.parts}


def same(one, other):
    a, b = archive(one), archive(other)
    assert a.keys() == b.keys(), (a.keys(), b.keys())
    for table in a:
        differ = [pair for pair in zip(a[table], b[table]) if pair[0] != pair[1]]
        assert len(a[table]) == len(b[table]) and not differ, (table, len(a[table]), len(b[table]), differ[:3])
    assert len(a['messages']) == TOTAL == len({row[0] for row in a['messages']}), len(a['messages'])
    assert files(one) == files(other)


def left_alone(place):
    """An export that nothing disturbs, and how long it took, in s."""
    began = time.monotonic()
    place.run('export', '--all', '--out', 'alone', '--progress', 'none').is_(0)
    return time.monotonic() - began


def kill_within(place, rng, longest, out):
    """Starts an export and kills it some time in the next `longest` seconds. Was it killed?"""
    run = place.start('export', '--all', '--out', out, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        run.wait(timeout=rng.uniform(0, longest))
    except subprocess.TimeoutExpired:
        run.kill()
    return run.wait() == -signal.SIGKILL


def test_killed_at_ten_random_instants(place):
    seed = int(os.environ.get('TOBS_SEED', random.randrange(1 << 32)))
    print(f'# TOBS_SEED={seed}', flush=True)
    rng = random.Random(seed)
    logged_in(place)
    took = left_alone(place)
    outs, killed, seen = ['killed0'], 0, set()
    while killed < KILLS:
        # Ten of these come about as far as one run that is left alone, the writing of the files included.
        if kill_within(place, rng, took / 5, outs[-1]):
            killed += 1
            if (place.cwd / outs[-1] / '.tobs' / 'archive.db').exists():
                seen.add(count(place.cwd / outs[-1]))
        else:
            outs.append(f'killed{len(outs)}')
    print(f'# one run takes {took:.1f} s; after the kills there were {sorted(seen)} messages', flush=True)
    assert len(seen) > 2, 'the kills hit an export at work'
    for out in outs:
        place.run('export', '--all', '--out', out, '--progress', 'none').is_(0)
        same(place.cwd / 'alone', place.cwd / out)


def count(folder):
    """Messages there are now; nothing before the first transaction."""
    with sqlite3.connect(f'file:{folder}/.tobs/archive.db', uri=True) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'messages'").fetchone():
            return 0
        return db.execute('SELECT count(*) FROM messages').fetchone()[0]


def test_everything_goes_wrong_at_once(place):
    told = logged_in(place, '--control', '0')
    left_alone(place)
    place.tell_sim(told, do='faults', set={
        'drop': 200000, 'duplicate': 10, 'reorder': 10, 'badsalt': 2, 'salt': 3, 'latency': 5, 'jitter': 5, 'gzip': 1,
        'flood': 'messages.getHistory:100/2', 'error': 'messages.getHistory:500:INTERNAL:2'})
    place.run('export', '--all', '--out', 'wrong', '--progress', 'none').is_(0)
    counted = place.tell_sim(told, do='faults')['faults']
    print(f'# {counted}', flush=True)
    for name in ('drop', 'duplicate', 'reorder', 'badsalt'):
        assert counted[name] > 0, counted
    assert all(rule['hits'] > 0 for rule in counted['rules']), counted
    same(place.cwd / 'alone', place.cwd / 'wrong')


story.main()
