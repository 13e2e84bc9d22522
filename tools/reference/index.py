# SPDX-License-Identifier: MIT
"""Indexes of the headers that are made from a schema: too large to be a page each declaration by declaration."""
import re

import declarations
import markdown

BOT_API = 'https://core.telegram.org/bots/api#'
MTPROTO = 'https://core.telegram.org/'
FIRST_LINES = 60  # the manual is in them


class Index:
    about = ''  # how to read the page

    def __init__(self, file, text):
        self.file, self.text = file, text
        self.manual = declarations.read(file, '\n'.join(text.split('\n')[:FIRST_LINES]).split('#ifndef')[0]).manual
        self.rows = self.read(text)

    def source(self, at):
        return f'../../include/tobs/{self.file}#L{self.text.count(chr(10), 0, at) + 1}'

    def page(self, links):
        return '\n'.join([f'<!-- Made by tools/reference from include/tobs/{self.file}. Do not edit. -->',
                          f'# \\<tobs/{markdown.escape(self.file)}\\>', '',
                          f'[All headers](README.md) · [the file](../../include/tobs/{self.file})', '',
                          markdown.render(self.manual, links), '', self.about, '', *self.table(links)]).rstrip('\n') + '\n'


class Methods(Index):
    """<tobs/botapi_methods.h>"""
    about = ('A call takes `bot`, a pointer to the struct of its name with the arguments, and a pointer for the result, as far as '
             'it has them. The name leads to its struct in the header, Telegram\'s name to what Telegram says about it.')

    def read(self, text):
        return [m for m in re.finditer(r'^/\* (\w+)(?:: (.*?))? \*/\n(?:struct (\w+) \{\n(.*?)^\};\n)?static inline int (\w+)\(', text,
                                       re.M | re.S)]

    def names(self):
        return [(name, m[5]) for m in self.rows for name in (m[5] + '()', m[5])]

    def table(self, links):
        yield from ('| call | Telegram\'s name | required | result |', '|---|---|---|---|')
        for m in self.rows:
            needed = re.findall(r'(\w+); /\* required', m[4] or '')
            yield (f'| <a id="{m[5]}"></a>[`{m[5]}`]({self.source(m.start())}) | [{m[1]}]({BOT_API}{m[1].lower()}) | '
                   f'{", ".join(f"`{n}`" for n in needed)} | {m[2] or ""} |')


class Types(Index):
    """<tobs/botapi_types.h>"""
    about = ('The name leads to the struct in the header, Telegram\'s name to what Telegram says about it. Arrays of X are '
             '`struct tobs_x_array`; enumerations are at the end.')

    def read(self, text):
        return [m for m in re.finditer(r'^/\* ([A-Z]\w+)(?:, told apart by "\w+"|[^\n]*?)? \*/\nstruct (\w+) \{', text, re.M)]

    def enums(self):
        return [m for m in re.finditer(r'^enum (tobs_\w+) \{(.*?)^\};', self.text, re.M | re.S)]

    def names(self):
        return [(m[2], m[2]) for m in self.rows] + \
            [(n, m[1]) for m in self.enums() for n in [m[1], *re.findall(r'^\t(\w+)', m[2], re.M)]]

    def table(self, links):
        yield from ('| type | Telegram\'s name |', '|---|---|')
        for m in self.rows:
            yield f'| <a id="{m[2]}"></a>[`struct {m[2]}`]({self.source(m.start())}) | [{m[1]}]({BOT_API}{m[1].lower()}) |'
        yield from ('', '## Enumerations', '')
        for m in self.enums():
            values = re.findall(r'^\t(\w+)', m[2], re.M)
            shown = ', '.join(f'`{v}`' for v in values[:12]) + (f' … ({len(values)} in all)' if len(values) > 12 else '')
            yield f'- <a id="{m[1]}"></a>[`enum {m[1]}`]({self.source(m.start())}): {shown}'


def by_space(names):
    """Names in their name spaces: 'messages' for messages.getHistory, '' for those without."""
    spaces = {}
    for name in names:
        space, _, _ = name.rpartition('.')
        spaces.setdefault(space, []).append(name)
    return spaces


class Calls(Index):
    """<tobs/methods.h>"""
    about = ('Method `messages.getHistory` is `tobs_messages_getHistory()`, its arguments are `struct tl_messages_getHistory`. '
             'Links lead to what Telegram says about a method.')

    def read(self, text):
        return re.findall(r'^/\* ([\w.]+)#[0-9a-f]+ ', text, re.M)

    def names(self):
        return [(f'tobs_{n}()', f'tobs_{n}') for n in (name.replace('.', '_') for name in self.rows)]

    def table(self, links):
        for space, names in by_space(self.rows).items():
            yield from (f'## {space or "Without a name space"}', '')
            yield ' · '.join(f'<a id="tobs_{n.replace(".", "_")}"></a>[{n.rpartition(".")[2]}]({MTPROTO}method/{n})' for n in names)
            yield ''


class Constructors(Index):
    """<tobs/tl_types.h>"""
    about = ('Constructor `peerUser` is `struct tl_peerUser` with the id `TL_peerUser`. A type of several constructors is a union, '
             '`union tl_Peer`; the table has those. Links lead to what Telegram says about a type.')

    def read(self, text):
        return [(m[1], re.findall(r'^\tstruct \w+ (\w+);', m[2], re.M))
                for m in re.finditer(r'^union tl_(\w+) \{(.*?)^\};', text, re.M | re.S)]

    def names(self):
        return [(f'tl_{name}', f'tl_{name}') for name, _ in self.rows]

    def table(self, links):
        yield from ('| type | its constructors |', '|---|---|')
        for name, constructors in self.rows:
            # Telegram's name has a dot: messages_Dialogs is messages.Dialogs.
            theirs = re.sub(r'^([a-z]\w*?)_', r'\1.', name)
            yield f'| <a id="tl_{name}"></a>[`{name}`]({MTPROTO}type/{theirs}) | {", ".join(f"`{c}`" for c in constructors)} |'


OF = {'botapi_methods.h': Methods, 'botapi_types.h': Types, 'methods.h': Calls, 'tl_types.h': Constructors}
