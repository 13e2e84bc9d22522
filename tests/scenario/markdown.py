# SPDX-License-Identifier: MIT
"""What an export writes, read back by a CommonMark parser: every message, its text and its formatting."""
import json
import random
import re
import shutil
import sqlite3
import urllib.parse

import story

NASTY = [
    '# no heading', '- no list', '1. nor this', '> no quote', '```', '~~~', '    code?', '---', '===', '|a|b|\n|-|-|', '<!--', '-->',
    '<div>', '</small>', '<small>', '<script>', '<pre>', '%%', '%% a comment %%', '[[a link]]', '![[a picture]]', '==marked==', ' ^m1',
    '^123', '#tag', '# tag', '$$', '$a$', '**', '*a*', '__', '`', '``', '[x](y)', '[x]: y', '[^1]', '&amp;', '\\', 'x\\', ' x', 'x ',
    '\t', '\n', '\n\n', '\n\n\n', ' \n ', '\u200b', 'слово', 'שלום', '👨‍👩‍👧', 'www.example.org', 'a@example.org', '@name', '<a id="m1"></a>',
    '[!note]', '---\ntitle: x\n---', 'word', 'two words', '.', ':', '"',
]
STYLES = ['bold', 'italic', 'underline', 'strike', 'spoiler', 'code', 'pre', 'blockquote', 'text_url']


def logged_in(place, *args):
    told = place.sim(*args)
    shutil.copy(told['env'], place.cwd / '.env')
    place.run('login').is_(0)


def judged(place):
    """Both flavours of everything, judged; what the judge read."""
    for flavour in ('gfm', 'obsidian'):
        place.run('render', '--flavor', flavour).is_(0)
        read = story.judge(place.cwd / 'export', flavour)
        assert read['differences'] == 0, read
    return read


def links(folder, flavour):
    """How many links lead to messages, within a file and to others; each must be there."""
    within = across = 0
    for page in folder.glob('**/*.md'):
        text = page.read_text()
        if flavour == 'obsidian':
            found = re.findall(r'\[\[([^]|#]*)#\^(\w+)\|', text)
            found = [(folder / f'{path}.md' if path else page, anchor) for path, anchor in found]
        else:
            found = re.findall(r'\]\(([^)#:]*)#([a-z]\d+)\)', text)
            found = [(page.parent / urllib.parse.unquote(path) if path else page, anchor) for path, anchor in found]
        for target, anchor in found:
            have = re.search(rf' \^{anchor}$|<a id="{anchor}"></a>', target.read_text(), re.M)
            assert have, (flavour, page, target, anchor)
            within, across = within + (target == page), across + (target != page)
    return within, across


def rows(place, query):
    with sqlite3.connect(f'file:{place.cwd}/export/.tobs/archive.db?mode=ro', uri=True) as db:
        return db.execute(query).fetchall()


def test_the_example_world(place):
    logged_in(place, '--world', str(story.ROOT / 'examples' / 'world' / 'world.json'))
    place.run('export', '--all').is_(0)
    place.run('render', '--flavor', 'gfm').is_(0)
    there = links(place.cwd / 'export', 'gfm')
    read = judged(place)
    assert links(place.cwd / 'export', 'obsidian') == there and there[0] > 20 and there[1] > 5, there
    assert read['messages'] == rows(place, 'SELECT count(*) FROM messages')[0][0], read
    assert read['texts'] > 180 and read['links'] > 20, read


def test_chats_of_every_kind(place):
    lines = ['mixed,kind=private,messages=400', 'mixed,kind=group,messages=300,seed=2', 'mixed,kind=forum,messages=900,topics=7,seed=3',
             'mixed,kind=channel,messages=300,seed=4', 'mixed,kind=supergroup,messages=600,seed=5,scripts=latin+hebrew,media=40%']
    logged_in(place, '--synthetic', ';'.join(lines))
    place.run('export', '--all').is_(0)
    read = judged(place)
    assert read['messages'] >= 2500 and read['files'] >= 11, read


def random_text(r):
    """Parts as a world has them, and the text they make."""
    parts, text = [], ''
    for _ in range(r.randint(1, 6)):
        piece = r.choice(NASTY)
        style = r.choice(STYLES + [None] * 6)
        text += piece
        if not style:
            parts.append(piece)
            continue
        inner = [{'italic': piece}] if style in ('bold', 'spoiler', 'blockquote') and r.random() < 0.3 else piece
        parts.append({style: inner})
        if style == 'pre':
            parts[-1]['language'] = r.choice(['', 'c', 'c++', 'a`b'])
        if style == 'text_url':
            parts[-1]['url'] = r.choice(['https://example.org/', 'https://example.org/a_(b)?c=%20&d=%%', 'https://example.org/$$'])
    return parts, text


def test_texts_that_look_like_markdown(place):
    r = random.Random(11)
    messages, want = [], []
    while len(messages) < 600:
        parts, text = random_text(r)
        if text.strip():
            message = {'from': r.choice(['ada', 'bo']), 'text': parts}
            if messages and r.random() < 0.2:
                message['reply_to'] = f'label {r.randrange(len(messages))}'
            message['label'] = f'label {len(messages)}'
            messages.append(message)
            want.append(text)
    world = {'tobs_world': 1,
             'users': [{'key': 'ada', 'id': 501, 'first_name': 'Ada **', 'phone': '9996610001', 'account': {'code': '11111'}},
                       {'key': 'bo', 'id': 502, 'first_name': '<!--', 'last_name': '%%'}],
             'chats': [{'key': 'club', 'kind': 'supergroup', 'id': 3001, 'title': '# [[Club]] %%',
                        'members': [{'user': 'ada', 'role': 'creator'}, 'bo']}],
             'histories': [{'chat': 'club', 'messages': messages}],
             'accounts': [{'user': 'ada'}]}
    logged_in(place, '--world', str(place.write('world.json', json.dumps(world))))
    place.run('export', '--all').is_(0)
    have = [text for text, in rows(place, 'SELECT text FROM messages WHERE NOT flags & 32 ORDER BY key')]
    assert have == want, next((a, b) for a, b in zip(have, want) if a != b)
    (page,) = (path for path in (place.cwd / 'export').glob('*/*.md') if path.name != 'index.md')
    properties = dict(line.split(': ', 1) for line in page.read_text().split('---\n')[1].splitlines())
    assert json.loads(properties['title']) == world['chats'][0]['title'], properties
    read = judged(place)
    assert read['texts'] == 600 and read['links'] > 80, read


story.main()
