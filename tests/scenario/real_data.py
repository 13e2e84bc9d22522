# SPDX-License-Identifier: MIT
"""A real chat: Telegram Desktop's export of a public channel, served, fetched, archived and written again.

Each message's text and formatting in the archive equals the original's, and in the Markdown as well, as a
CommonMark parser reads it.

Skipped where the shared samples are not there (TOBS_SHARED, or ../shared).
"""
import json
import os
import pathlib
import shutil
import sqlite3

import story

SHARED = pathlib.Path(os.environ.get('TOBS_SHARED', story.ROOT / '..' / 'shared'))
WORLD = SHARED / 'data' / 'public-channel' / 'result.json'

# What Desktop's JSON calls formatting, and what the archive does. Plain text has no entity there; what
# clients find by themselves (hashtags, …) has one in both.
STYLES = {'bold', 'italic', 'underline', 'strikethrough', 'code', 'pre', 'spoiler', 'text_link', 'blockquote'}


def text_of(message):
    """A message's text, and (offset, length, style) of its formatting in UTF-16 units."""
    text, styles, at = '', [], 0
    parts = message['text_entities']
    for part in parts:
        units = len(part['text'].encode('utf-16-le')) // 2
        if part['type'] in STYLES:
            styles.append((at, units, part['type']))
        text, at = text + part['text'], at + units
    return text, styles


def exported(place):
    if not WORLD.exists():
        raise story.Skip('the shared samples are not here')
    told = place.sim('--world', str(WORLD))
    shutil.copy(told['env'], place.cwd / '.env')
    place.run('login').is_(0)
    return json.loads(place.run('export', '--all').is_(0).out.splitlines()[-1])


def test_every_message_arrives(place):
    finish = exported(place)
    want = {m['id']: m for m in json.loads(WORLD.read_text())['messages']}
    assert len(want) == 924 and finish['failed'] == 0, (len(want), finish)

    with sqlite3.connect(f'file:{place.cwd}/export/.tobs/archive.db?mode=ro', uri=True) as db:
        rows = db.execute('SELECT key & 4294967295, date, text, entities FROM messages JOIN chats '
                          'ON chats.no = key >> 32 WHERE peer < -1000000000000').fetchall()
    have = {id: (date, text, json.loads(entities or '[]')) for id, date, text, entities in rows}
    assert have.keys() == want.keys(), (len(have), len(want), sorted(want.keys() ^ have.keys())[:10])
    for id, message in want.items():
        date, text, entities = have[id]
        wanted_text, wanted_styles = text_of(message)
        assert date == int(message['date_unixtime']), id
        assert text == wanted_text, (id, text, wanted_text)
        styles = [(offset, units, kind) for kind, offset, units, *_ in entities if kind in STYLES]
        assert sorted(styles) == sorted(wanted_styles), (id, styles, wanted_styles)


def test_every_message_is_in_the_markdown(place):
    exported(place)
    for flavour in ('obsidian', 'gfm'):
        place.run('render', '--flavor', flavour).is_(0)
        read = story.judge(place.cwd / 'export', flavour, WORLD)
        # 924 messages, 908 of them no service messages and compared with the original, 673 with text.
        assert (read['messages'], read['desktop'], read['texts'], read['differences']) == (924, 908, 673, 0), read
        print(f'# {flavour}: {read["messages"]} messages as in the original', flush=True)


story.main()
