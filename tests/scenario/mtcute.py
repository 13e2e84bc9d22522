# SPDX-License-Identifier: MIT
"""mtcute, a client that others wrote, logs in to the simulator and reads everything.

What it finds is compared with the world's files, read without the simulator,
and with what `tobs export` archives.
"""
import hashlib
import json
import os
import pathlib
import shutil
import sqlite3

import story
import world
from peers import mtcute

LANE = world.World(story.ROOT / 'examples' / 'world' / 'world.json')
SYNTHETIC = 'mixed,messages=1500;mixed,kind=forum,seed=2,messages=300,topics=4;plain,kind=private,seed=3;plain,kind=channel,seed=4'
SHARED = pathlib.Path(os.environ.get('TOBS_SHARED', story.ROOT / '..' / 'shared'))
CHANNEL = SHARED / 'data' / 'public-channel' / 'result.json'

# The largest file that is downloaded, in bytes.
LARGEST = 1 << 20

# What the current layer has and mtcute's does not: what the simulator says instead.
INSTEAD = {'messageActionChangeCommunity': 'messageActionEmpty'}


def entities_of(raw):
    return sorted((e['_'], e['offset'], e['length'], e.get('url', e.get('language', ''))) for e in raw.get('entities', []))


def same_as_the_file(answer, wanted):
    """Every chat mtcute found holds what the world's files say, message by message."""
    assert {chat['id'] for chat in answer['chats']} == set(wanted), (answer['chats'], wanted.keys())
    for chat in answer['chats']:
        have, want = chat['messages'][::-1], wanted[chat['id']]
        assert len(have) == len(want), (chat['title'], len(have), len(want))
        for message, one in zip(have, want):
            raw = message['raw']
            action = raw.get('action', {}).get('_', '')
            found = (message['date'], raw.get('message', ''), entities_of(raw), action)
            assert found == (one.date, one.text, sorted(one.entities), INSTEAD.get(one.action, one.action)), \
                (chat['title'], message['id'], found, one)
            assert message['text'] == one.text, (chat['title'], message['id'])


def same_files(answer, wanted):
    """What was downloaded are the bytes of the world's files. Returns how many files of the world."""
    seen = set()
    for chat in answer['chats']:
        keys = [m.file for m in wanted[chat['id']] if m.file]
        hashes = {f['sha256']: f for f in chat['files']}
        for key in keys:
            file = LANE.files[key]
            if 'path' not in file:
                assert file['size'] > LARGEST or any(f['size'] == file['size'] for f in chat['files']), (chat['title'], key)
                continue
            data = (file['folder'] / file['path']).read_bytes()
            assert hashlib.sha256(data).hexdigest() in hashes, (chat['title'], key)
            seen.add(key)
        for one in chat['files']:
            assert one['told'] in (None, one['size']), one
    return len(seen)


def test_every_chat_of_the_sample_world(place):
    told = place.sim('--world', str(story.ROOT / 'examples' / 'world' / 'world.json'))
    answer = mtcute(told, codes=['12345', '22222'], files=LARGEST)
    assert answer['wrong'] == ['PHONE_CODE_INVALID'], answer['wrong']
    assert answer['me'] == {'id': 10001, 'name': 'Ivy Marsh', 'username': 'ivy_marsh'}, answer['me']
    wanted = LANE.chats_of('ivy')
    same_as_the_file(answer, wanted)
    assert sum(len(chat['messages']) for chat in answer['chats']) > 250
    count = same_files(answer, wanted)
    assert count >= 15, count
    # They lie in several data centres, to which the log-in was carried over.
    assert len({f['dc'] for chat in answer['chats'] for f in chat['files']}) > 2


def test_the_wrong_password_and_the_right_one(place):
    told = place.sim('--world', str(story.ROOT / 'examples' / 'world' / 'world.json'))
    answer = mtcute(told, 1, passwords=['honey and time', 'honey and thyme'])
    assert answer['wrong'] == ['SESSION_PASSWORD_NEEDED', 'PASSWORD_HASH_INVALID'], answer['wrong']
    assert answer['me']['id'] == 10002
    same_as_the_file(answer, LANE.chats_of('bo'))
    answer = mtcute(told, 1, codes=['11111', '33333'], passwords=[])
    assert answer['wrong'] == ['PHONE_CODE_INVALID'] * 2 and 'me' not in answer, answer


def test_every_transport_and_temporary_keys(place):
    told = place.sim('--world', str(story.ROOT / 'examples' / 'world' / 'world.json'))
    wanted = {id: messages for id, messages in LANE.chats_of('ivy').items() if id == -1000000030004}
    for transport in ('intermediate', 'padded', 'obfuscated'):
        for pfs in (False, True):
            answer = mtcute(told, transport=transport, pfs=pfs, chats=list(wanted), chunk=7)
            answer['chats'][0]['title'] = f'{transport} {pfs}'
            same_as_the_file(answer, wanted)


def test_from_another_data_centre(place):
    told = place.sim('--world', str(story.ROOT / 'examples' / 'world' / 'world.json'))
    other = told['dcs'][4]
    answer = mtcute(told, dc=other['id'], port=other['port'], chats=[777000])
    assert answer['dc'] == told['home_dc'] != other['id'], answer['dc']
    assert len(answer['chats'][0]['messages']) == 3


def test_a_bot(place):
    told = place.sim('--world', str(story.ROOT / 'examples' / 'world' / 'world.json'))
    answer = mtcute(told, 2, bot_token=told['accounts'][2]['token'])
    assert answer['me']['username'] == 'thistle_garden_bot', answer['me']


def archived(place, told):
    """{marked id of a chat: {id: (date, text, entities)}} as tobs export finds it."""
    shutil.copy(told['env'], place.cwd / '.env')
    place.run('login').is_(0)
    place.run('export', '--all').is_(0)
    chats = {}
    with sqlite3.connect(f'file:{place.cwd}/export/.tobs/archive.db?mode=ro', uri=True) as db:
        for peer, id, date, text in db.execute('SELECT peer, key & 4294967295, date, text FROM messages '
                                               'JOIN chats ON chats.no = key >> 32'):
            chats.setdefault(peer, {})[id] = (date, text)
    return chats


def same_as_the_archive(place, told):
    """mtcute and tobs export find the same ids, dates and texts. Returns them."""
    chats = archived(place, told)
    have = {chat['id']: {m['id']: (m['date'], m['text']) for m in chat['messages']} for chat in mtcute(told)['chats']}
    assert have.keys() == chats.keys(), (have.keys(), chats.keys())
    for id, messages in have.items():
        assert messages == chats[id], (id, messages.items() ^ chats[id].items())
    return have


def test_the_same_as_the_archive(place):
    have = same_as_the_archive(place, place.sim('--synthetic', SYNTHETIC))
    assert max(map(len, have.values())) == 1500, {id: len(messages) for id, messages in have.items()}


def test_the_same_as_the_archive_of_the_sample_world(place):
    same_as_the_archive(place, place.sim('--world', str(story.ROOT / 'examples' / 'world' / 'world.json')))


def test_servers_and_networks_that_fail(place):
    faults = 'gzip=1,duplicate=10,reorder=20,badsalt=10,drop=40000,flood=messages.getHistory:12/2:1'
    told = place.sim('--world', str(story.ROOT / 'examples' / 'world' / 'world.json'), '--faults', faults, '--control', '0')
    same_as_the_file(mtcute(told, chunk=20, broken=True), LANE.chats_of('ivy'))
    hit = place.tell_sim(told, do='faults')
    assert all(hit['faults'][name] for name in ('duplicate', 'reorder', 'drop')), hit


def test_a_real_channel(place):
    if not CHANNEL.exists():
        raise story.Skip('the shared samples are not here')
    told = place.sim('--world', str(CHANNEL))
    answer = mtcute(told)
    want = {m['id']: (int(m['date_unixtime']), ''.join(part['text'] for part in m['text_entities']))
            for m in json.loads(CHANNEL.read_text())['messages']}
    assert len(want) == 924
    chat = max(answer['chats'], key=lambda chat: len(chat['messages']))
    have = {m['id']: (m['date'], m['text']) for m in chat['messages']}
    assert have == want, [(id, have.get(id), want.get(id)) for id in have.keys() | want.keys() if have.get(id) != want.get(id)][:5]


story.main()
