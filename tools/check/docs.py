#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the documents point at is there: links, their anchors, and every source file that they name.

A file is named by its path from the root, from src/, or from the document, in
code type: `src/rt/fiber.c`, `net/tcp.c`, `schema/layer-*.tl`.
"""
import pathlib
import re
import subprocess
import sys

SOURCE = re.compile(r'^[\w.*-]+(/[\w.*-]+)*/[\w.*-]+\.(c|h|cpp|py|sh|mjs|tl)$')
OURS = re.compile(r'^(src|include|tests|tools|examples|docs|fuzz|bench|schema|changes)/[\w.*/-]*$')
LINK = re.compile(r'\]\(([^()\s]+)\)')


def documents(root):
    out = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', '*.md'], cwd=root, capture_output=True, text=True)
    names = out.stdout.split() if not out.returncode else [p.relative_to(root).as_posix() for p in root.rglob('*.md')]
    # Those of the tests are data, and a build's are others'.
    strange = re.compile(r'^(tests/data|build)/|/node_modules/')
    return [root / name for name in names if not strange.search(name) and (root / name).exists()]


def prose(text):
    """Without fenced blocks, which are other people's files and programs' output."""
    return re.sub(r'^(`{3,})[^\n]*\n.*?^\1$', '', text, flags=re.M | re.S)


def slug(heading):
    """As GitHub makes an anchor of a heading."""
    bare = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', heading).replace('\\', '')
    return re.sub(r'[^\w\- ]', '', bare.strip().lower()).replace(' ', '-')


def anchors(text):
    found = set(re.findall(r'<a (?:id|name)="([^"]+)">', text))
    return found | {slug(h) for h in re.findall(r'^#+ +(.+)$', prose(text), re.M)}


def bad_links(path, text, known):
    for target in LINK.findall(re.sub(r'(`+)[^`\n]+\1', '', prose(text))):
        if re.match(r'[a-z]+:', target):
            continue
        file, _, anchor = target.partition('#')
        to = (path.parent / file).resolve() if file else path
        if not to.exists():
            yield f'links to {target}, which is not there'
        elif anchor and to.suffix == '.md':
            if to not in known:
                known[to] = anchors(to.read_text())
            if anchor not in known[to]:
                yield f'links to {target}: there is no such place in it'


def bad_names(root, path, text):
    for name in re.findall(r'(?<!`)`([^`\n]+)`(?!`)', prose(text)):
        if not SOURCE.match(name) and not OURS.match(name):
            continue
        if not any(list(place.glob(name)) for place in (root, root / 'src', root / 'include', path.parent)):
            yield f'names {name}, which is not there'


def check(root):
    errors, known = [], {}
    for path in documents(root):
        text = path.read_text()
        made = path.is_relative_to(root / 'docs' / 'reference')  # of comments, which may speak of others' files
        for what in [*bad_links(path, text, known), *([] if made else bad_names(root, path, text))]:
            errors.append(f'{path.relative_to(root)}: {what}')
    return errors


if __name__ == '__main__':
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]
    found = check(root.resolve())
    print('\n'.join(found))
    sys.exit(bool(found))
