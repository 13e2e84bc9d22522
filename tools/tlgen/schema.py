# SPDX-License-Identifier: MIT
"""Reads TL schema files into combinators."""
import dataclasses
import re

LINE = re.compile(r'^(?P<name>[\w.]+)#(?P<id>[0-9a-f]{1,8})(?P<args>(?: \S+)*?) = (?P<type>[^;]+);$')
COND = re.compile(r'^(?P<word>flags2?)\.(?P<bit>\d+)\?(?P<type>.+)$')
VECTOR = re.compile(r'^(?P<boxed>[Vv])ector<(?P<elem>.+)>$')


@dataclasses.dataclass
class Field:
    name: str
    type: str          # without the condition
    word: str = ''     # 'flags' or 'flags2' when conditional
    bit: int = -1

    @property
    def cond(self):
        """Index into the presence mask: flags are bits 0–31, flags2 32–62, 63 is always set."""
        return 63 if not self.word else self.bit + (32 if self.word == 'flags2' else 0)


@dataclasses.dataclass
class Combinator:
    name: str
    id: int
    fields: list
    type: str
    function: bool
    line: str
    layer: int = 0            # 0: the current layer; N: as it was up to layer N
    base: 'Combinator' = None  # the current form that this one is an older form of

    @property
    def c_name(self):
        suffix = f'_{self.layer}' if self.layer and not self.base else ''
        return self.name.replace('.', '_') + suffix


def parse_field(text, where):
    name, type_ = text.split(':', 1)
    match = COND.match(type_)
    if not match:
        return Field(name, type_)
    word, bit = match['word'], int(match['bit'])
    if bit > (30 if word == 'flags2' else 31):
        raise ValueError(f'{where}: bit {bit} of {word} does not fit the presence mask')
    return Field(name, match['type'], word, bit)


def parse_file(path, layer=0):
    combinators = []
    function = False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.strip()
        where = f'{path.name}:{number}'
        if not line or line.startswith('//'):
            continue
        if line == '---functions---':
            function = True
            continue
        if line.startswith('vector#1cb5c415 '):
            continue  # read and written by hand
        match = LINE.match(line)
        if not match:
            raise ValueError(f'{where}: not a combinator: {line}')
        args = [a for a in match['args'].split() if not a.startswith('{')]
        combinators.append(Combinator(match['name'], int(match['id'], 16),
                                      [parse_field(a, where) for a in args],
                                      match['type'], function, line, layer))
    return combinators
