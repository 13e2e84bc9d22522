#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The reference in docs/reference/, made from the public headers and their comments.

    python3 tools/reference/reference.py OUT [HEADERS]

writes OUT/docs/reference/. HEADERS is include/tobs. A header is a page: its manual, then every
declaration with the comment above it. Headers that are made from a schema
themselves get an index (index.py). A public function without a comment, of its
own or of its group, is an error.
"""
import pathlib
import re
import sys

import declarations
import index
import markdown

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADERS = ROOT / 'include' / 'tobs'
MADE = 'Made by tools/reference from include/tobs/{}. Do not edit.'

# What one reads in which order; a header that is not here is a mistake.
PARTS = {
    'Bots': ['bot.h', 'middleware.h', 'botapi.h', 'botapi_methods.h', 'botapi_types.h', 'input_file.h', 'text.h', 'keyboard.h',
             'conversation.h', 'data.h', 'test.h'],
    'Client': ['client.h', 'methods.h', 'tl.h', 'tl_types.h'],
    'What both stand on': ['rt.h', 'err.h', 'log.h', 'view.h', 'buf.h', 'arena.h', 'attr.h'],
}


def page_of(file):
    return file.removesuffix('.h') + '.md'


def anchor(title):
    """As GitHub makes it of a heading."""
    return re.sub(r'[^\w\- ]', '', title.lower()).replace(' ', '-')


class Links:
    """Where names are explained: pages know each other's."""

    def __init__(self):
        self.at = {}  # by 'name()', or 'name' of anything else: (file, anchor)

    def add(self, file, name, anchor=None):
        self.at.setdefault(name, (file, anchor or name.removesuffix('()')))

    def add_group(self, file, group):
        for d in group.declarations:
            for name in d.names if d.kind != 'forward' else []:
                self.add(file, name + '()' if d.kind == 'function' else name, d.name or None)
        for name, _, _ in error_codes(group):
            self.add(file, name)

    def on(self, file):
        """What finds the link for something in code type on the page of this file; None for what is unknown."""
        def find(code):
            if code.startswith('<tobs/'):
                other = code[len('<tobs/'):-1]
                return page_of(other) if other != file and (HEADERS / other).exists() else None
            name = re.sub(r'^(struct|enum|union) ', '', code)
            where = self.at.get(name) or (self.at.get(name + '()') if name == code else None)
            if not where:
                return None
            return ('' if where[0] == file else page_of(where[0])) + '#' + where[1]
        return find


def is_private(group):
    return group.comment.startswith('Private') or all(d.name.endswith('_') for d in group.declarations)


def shown(header):
    """What a reader is to see: not what is private, no names without a word about them."""
    for section in header.sections:
        section.items = [item for item in section.items if isinstance(item, str) or not is_private(item) and
                         not (not item.comment and all(d.kind == 'forward' for d in item.declarations))]
    header.sections = [s for s in header.sections if s.items]
    return header


def error_codes(group):
    """(name, value, text) of the list of error codes."""
    if group.declarations[0].name != 'TOBS_ERROR_MAP':
        return []
    return [(f'TOBS_{n}', v, t) for n, v, t in re.findall(r'X\((\w+), (-?\d+), "(.*?)"\)', group.declarations[0].source)]


def heading(group):
    words = []
    for d in group.declarations:
        if d.kind in ('struct', 'enum', 'union', 'forward') and d.name:
            words.append(f'{"struct" if d.kind == "forward" else d.kind} {d.name}')
        else:
            words += d.names
    return ', '.join(words[:4]) + (', …' if len(words) > 4 else '')


def used_types(group, file, links):
    """Links to the types in the declarations that other pages explain."""
    source = declarations.without_comments('\n'.join(d.source for d in group.declarations))
    own = {n for d in group.declarations for n in d.names}
    found = []
    for kind, name in re.findall(r'\b(struct|enum|union) ((?:tobs|tl)_\w+)', source):
        target = links.on(file)(f'{kind} {name}')
        if target and name not in own and (kind, name, target) not in found:
            found.append((kind, name, target))
    return ', '.join(f'[{kind} {name}]({target})' for kind, name, target in found)


def group_page(group, file, links):
    codes = error_codes(group)
    names = [n for d in group.declarations for n in ([d.name] if d.name else d.names)] + [c[0] for c in codes]
    out = [''.join(f'<a id="{n}"></a>' for n in names), '', f'### {markdown.escape(heading(group))}', '']
    if codes:
        out += ['| code | value | |', '|---|---|---|', *(f'| `{n}` | {v} | {t} |' for n, v, t in codes), '']
    else:
        out += [markdown.fence('\n'.join(d.source for d in group.declarations)), '']
    if group.comment:
        out += [markdown.render(group.comment, links.on(file)), '']
    types = used_types(group, file, links)
    if types:
        out += [f'<sub>{types}</sub>', '']
    return out


def title(file):
    return f'# \\<tobs/{markdown.escape(file)}\\>'


def page(header, links):
    out = [f'<!-- {MADE.format(header.file)} -->', title(header.file), '']
    out += [f'[All headers](README.md) · [the file](../../include/tobs/{header.file})', '']
    out += [markdown.render(header.manual, links.on(header.file)), '']
    titles = [s.title[0].upper() + s.title[1:] for s in header.sections if s.title]
    if titles:
        out += ['**On this page:** ' + ' · '.join(f'[{t}](#{anchor(t)})' for t in titles), '']
    for section in header.sections:
        if section.title:
            out += [f'## {section.title[0].upper()}{section.title[1:]}', '']
        for item in section.items:
            out += [markdown.render(item, links.on(header.file)), ''] if isinstance(item, str) else \
                group_page(item, header.file, links)
    return '\n'.join(out).rstrip('\n') + '\n'


def first_sentence(text):
    return re.match(r'.*?[.:](?=\s|$)', ' '.join(text.split('\n\n')[0].split()))[0].rstrip('.:')


def contents(made, links):
    out = [f'<!-- {MADE.format("")} -->', '# Reference of the library', '',
           'Made from the comments of the public headers. Bots are taught by the [tutorial](../tutorial.md), a client is shown by '
           '[examples/history.c](../../examples/history.c).', '']
    for part, files in PARTS.items():
        out += [f'## {part}', '', '| header | |', '|---|---|']
        for file in files:
            if file in made:
                manual = made[file].manual
                out.append(f'| [\\<tobs/{markdown.escape(file)}\\>]({page_of(file)}) | '
                           f'{markdown.inline(first_sentence(manual), links.on("README.md"))} |')
        out.append('')
    return '\n'.join(out).rstrip('\n') + '\n'


def main(out):
    made, links, errors = {}, Links(), []
    for path in sorted(HEADERS.glob('*.h')):
        file = path.name
        if not any(file in files for files in PARTS.values()):
            errors.append(f'tools/reference/reference.py: PARTS does not name {file}')
            continue
        text = path.read_text()
        if file in index.OF:
            made[file] = index.OF[file](file, text)
            for name, anchor in made[file].names():
                links.add(file, name, anchor)
            continue
        header = declarations.read(file, text)
        errors += [f'include/tobs/{file}:{line}: {name}() has no comment' for line, name in declarations.undocumented(header)
                   if not name.endswith('_')]
        made[file] = shown(header)
        for group in made[file].groups():
            links.add_group(file, group)
    if errors:
        sys.exit('\n'.join(errors))
    folder = pathlib.Path(out) / 'docs' / 'reference'
    folder.mkdir(parents=True, exist_ok=True)
    for file, header in made.items():
        text = header.page(links.on(file)) if file in index.OF else page(header, links)
        (folder / page_of(file)).write_text(text)
    (folder / 'README.md').write_text(contents(made, links))


if len(sys.argv) > 2:
    HEADERS = pathlib.Path(sys.argv[2])
main(sys.argv[1])
