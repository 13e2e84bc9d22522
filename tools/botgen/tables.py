# SPDX-License-Identifier: MIT
"""src/botapi/gen/tables.c: what src/botapi/tables.h describes."""
from header import WARNING
from model import c_ident, public

class Names:
    """All names in one string, each once; rows hold offsets."""

    def __init__(self):
        self.offsets = {'': 0}
        self.size = 1

    def at(self, name):
        if name not in self.offsets:
            self.offsets[name] = self.size
            self.size += len(name.encode()) + 1
        return self.offsets[name]

    def c_lines(self):
        lines, line = [], ''
        for name in self.offsets:
            piece = name + '\\0'
            if len(line) + len(piece) > 90:
                lines.append(f'\t"{line}"')
                line = ''
            # A digit behind \0 would belong to it.
            line += '""' + piece if name[:1].isdigit() else piece
        return lines + [f'\t"{line}"']


class Limits:
    """Limits, each once; row 0 is none."""

    def __init__(self):
        self.rows = [('NONE', 0, 0)]

    def at(self, limit):
        if not limit:
            return 0
        if limit not in self.rows:
            self.rows.append(limit)
        return self.rows.index(limit)


WORD = (1 << 64) - 1


def mix(name):
    """As botapi_mix() in tables.h: the first and last eight bytes of a name, and its length."""
    key = name.encode()
    first = int.from_bytes(key[:8], 'little')
    last = int.from_bytes(key[-8:], 'little') if len(key) >= 8 else 0
    return ((first ^ (last * 0x9e3779b97f4a7c15 & WORD)) + len(key)) & WORD


def hash_slots(names):
    """A perfect hash: (bits, multiplier, slots); a slot is the number of the field plus one, 0 is empty."""
    mixed = [mix(n) for n in names]
    if len(set(mixed)) != len(names):
        raise ValueError(f'names that mix() does not tell apart: {names}')
    bits = 1
    while (1 << bits) < len(names):
        bits += 1
    while True:
        multiplier = 0x9e3779b97f4a7c15
        for _ in range(300):
            taken = {(m * multiplier & WORD) >> (64 - bits): i for i, m in enumerate(mixed)}
            if len(taken) == len(names):
                return bits, multiplier, [taken.get(at, -1) + 1 for at in range(1 << bits)]
            multiplier = (multiplier * 6364136223846793005 + 1442695040888963407) & WORD | 1
        bits += 1


class Tables:
    def __init__(self, model):
        self.model = model
        self.names = Names()
        self.limits = Limits()
        self.types = [*model.structs.values(), *model.unions.values(), *model.methods.values()]
        self.index = {t.name: i for i, t in enumerate(self.types)}
        self.enum_index = {e.name: i for i, e in enumerate(model.enums.values())}
        self.fields, self.variants, self.rows, self.hash = [], [], [], []
        for t in self.types:
            if hasattr(t, 'variants'):
                self.add_union(t)
            else:
                self.add_struct(t)

    def type_index(self, kind, type_, elem=''):
        if kind == 'ENUM':
            return self.enum_index[type_]
        return self.index[type_] if type_ else 0

    def field_row(self, s, f, ordinal):
        struct = f'struct tobs_{s.c_name}'
        offset, extra, mode = '0', '0', 'BOTAPI_NO_OFFSET'
        if f.stored:
            offset = f'offsetof({struct}, {f.c_name})'
        if f.has:
            extra = f'offsetof({struct}, {f.has})'
        elif f.kind == 'CHAT_ID':
            extra = f'offsetof({struct}, {f.username})'
        elif f.kind == 'CONST':
            extra = str(self.names.at(f.value))
        if f.mode:
            mode = f'offsetof({struct}, {c_ident(f.mode)})'
        return (f'\t{{ {self.names.at(f.name)}, {offset}, {extra}, {self.type_index(f.kind, f.type)}, {mode}, '
                f'{len(f.name)}, BOTAPI_{f.kind}, BOTAPI_{f.elem or "NONE"}, {ordinal}, '
                f'{self.limits.at(f.limit)} }},')

    def add_struct(self, s):
        bits, multiplier, slots = hash_slots([f.name for f in s.fields])
        required = [f for f in s.fields if f.required]
        if len(required) > 63:
            raise ValueError(f'{s.name}: more required fields than a word has bits')
        size = f'sizeof(struct tobs_{s.c_name})' if s.stored or not s.method else '0'
        kind, type_, elem = s.returns[0] if s.method else ('NONE', '', '')
        form = 'METHOD' if s.method else 'UPDATE' if s.name == 'Update' else 'STRUCT'
        self.rows.append(
            f'\t{{ 0x{multiplier:x}u, {self.names.at(s.name)}, {len(self.fields)}, {len(s.fields)}, {size}, {len(self.hash)}, 0, '
            f'{self.type_index(kind, type_)}, {bits}, BOTAPI_{form}, BOTAPI_{kind}, BOTAPI_{elem or "NONE"}, 0, {len(required)} }},')
        self.fields += [self.field_row(s, f, required.index(f) + 1 if f.required else 0) for f in s.fields]
        self.hash += slots

    def add_union(self, u):
        struct = f'struct tobs_{u.c_name}'
        plain = next((i + 1 for i, v in enumerate(u.variants) if v.kind == 'STRING'), 0)
        self.rows.append(
            f'\t{{ 0, {self.names.at(u.name)}, {len(self.variants)}, {len(u.variants)}, sizeof({struct}), 0, '
            f'{self.names.at(u.tag)}, 0, 0, BOTAPI_{"CHOICES" if u.choice else "UNION"}, BOTAPI_NONE, BOTAPI_NONE, '
            f'{plain}, 0 }},')
        for v in u.variants:
            self.variants.append(
                f'\t{{ {self.names.at(v.tag)}, {self.names.at(v.key)}, offsetof({struct}, {v.member}), '
                f'{self.type_index(v.kind, v.type)}, BOTAPI_{v.kind} }},')


def tables_source(model):
    t = Tables(model)
    names = t.names
    if len(t.hash) > 0xffff or t.names.size > 0xffff:
        raise ValueError('offsets no longer fit 16 bits')
    values, enums = [], []
    for e in model.enums.values():
        enums.append(f'\t{{ {names.at(e.name)}, {len(values)}, {len(e.values)} }},')
        values += [f'\t{names.at(v)},' for v in e.values]
    out = [WARNING + '#include <stddef.h>\n#include <tobs/botapi_methods.h>\n\n#include "base/attr.h"\n#include "botapi/tables.h"\n\n'
           '/* clang-format off */\n',
           f'TOBS_STATIC_ASSERT((int)TOBS_METHOD_END == {len(t.types)}, "rows are counted as the header does");\n',
           'const struct botapi_type botapi_types[] = {', *t.rows, '};\n',
           'const struct botapi_field botapi_fields[] = {', *t.fields, '};\n',
           'const struct botapi_variant botapi_variants[] = {', *t.variants, '};\n',
           'const struct botapi_enum botapi_enums[] = {', *enums, '};\n',
           'const uint16_t botapi_values[] = {', *values, '};\n',
           'const struct botapi_limit botapi_limits[] = {',
           *[f'\t{{ BOTAPI_LIMIT_{unit}, {least}, {most} }},' for unit, least, most in t.limits.rows], '};\n',
           'const uint8_t botapi_hash[] = {']
    for i in range(0, len(t.hash), 24):
        out.append('\t' + ','.join('%d' % s for s in t.hash[i:i + 24]) + ',')
    out += ['};\n', 'const char botapi_names[] =', *names.c_lines(), ';']
    return '\n'.join(out) + '\n'
