#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""C that uses the Bot API's public headers as an application does, for bot_methods.mjs and bot_updates.mjs.

    botapi_judge.py calls SCHEMA TYPES.H METHODS.H OUT.c OUT.json
        a typed call of every method, its arguments by designated initialisers, and
        the same arguments as JSON: {"method", "args"} each, with files as
        {"$file": {"name", "text"}}
    botapi_judge.py print SCHEMA TYPES.H METHODS.H OUT.c
        functions that write what the structs of updates hold as JSON
    botapi_judge.py results SCHEMA TYPES.H METHODS.H OUT.c OUT.json
        a typed call of every method that has a result, and of some twice, which
        writes what it got as a line of JSON; and {"method", "result"} of each
    botapi_judge.py updates SCHEMA TYPES.H METHODS.H SEED COUNT
        random updates on standard output, COUNT of each kind, a line of JSON each:
        the kind, the update, and the same one with things in it that nobody knows

Of the library only the two headers are read: what they name is connected with the
schema by their comments. Neither tools/botgen nor its tables take part.
"""
import json
import pathlib
import random
import re
import sys

DEEP = 4  # optional objects and arrays are left out below

# What random texts are made of.
PIECES = ['a', 'Z', '7', ' ', '<', '&', '"', '\\', '/', '\n', '\t', 'é', 'Ж', 'ש', '漢', '👍🏽', '\u200d', '\x7f']

# The schema has objects only, the documentation says more.
TEXT_OR_LIST = 'RichText'

# What the schema does not limit and the server does.
MOST_ITEMS = 2


class Header:
    """Structs {name: {member: type}}, their names {schema name: C name}, enumerations {C name: {value: constant}}, calls."""

    def __init__(self, types, methods):
        self.structs, self.named, self.enums, self.constants, self.calls = {}, {}, {}, set(), {}
        for text in (types, methods):
            for name, body in re.findall(r'^enum (\w+) \{\n(.*?)^\};', text, re.S | re.M):
                self.enums[name] = {value: constant for constant, value in re.findall(r'(\w+), /\* "([^"]*)" \*/', body)}
                self.constants |= set(re.findall(r'^\t(\w+),', body, re.M))
            for title, name, body in re.findall(r'^(?:/\* (\w+)[^\n]*\n)?struct (\w+) \{\n(.*?)^\};', text, re.S | re.M):
                self.structs[name] = self.members(body)
                if title:
                    self.named[title] = name
        for title, name, more in re.findall(r'^/\* (\w+)[^\n]*\n(?:struct \w+ \{\n(?:\t[^\n]*\n)*\};\n)?'
                                            r'static inline int (\w+)\(([^{]*)\)\n\{', methods, re.M):
            self.calls[title] = (name, 'args' in more, self.result(more))

    @staticmethod
    def result(parameters):
        """The type of what a call stores; '' when it stores nothing."""
        found = re.search(r'([^,(]*?)\*ret\b', ' '.join(parameters.split()))
        return found.group(1).strip() if found else ''

    @staticmethod
    def members(body):
        body = re.sub(r'/\*.*?\*/', '', body, flags=re.S)
        body = re.sub(r'\tstruct \{.*?\};', '', body, flags=re.S)  # what all kinds of a union have, once more
        found = {}
        for type_, names in re.findall(r'((?:const )?(?:struct |enum )?\w+ (?:\*const )?\*?)(\w+(?:,\s*\w+)*);', body):
            for name in re.split(r',\s*', names):
                found[name] = type_.strip()
        return found


class Schema:
    def __init__(self, path):
        data = json.loads(pathlib.Path(path).read_text())
        self.types, self.methods = data['types'], data['methods']

    def members_of(self, type_):
        """The kinds of a union: names of types, or None."""
        if isinstance(type_, str):
            type_ = self.types.get(type_, {})
        if 'union' not in type_:
            return None
        return [m for m in type_['union'] if isinstance(m, str)]

    def fields(self, name):
        return self.types[name]['fields']


class Value:
    """A random value: its JSON, and how C writes it down."""

    def __init__(self, json_, c, extra=()):
        self.json, self.c, self.extra = json_, c, tuple(extra)  # extra: other members that are set with it


def c_string(text):
    out = ''
    for byte in text.encode():
        out += chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f'\\{byte:03o}'
    return f'"{out}"'


class Maker:
    def __init__(self, schema, header, seed):
        self.schema, self.header = schema, header
        self.random = random.Random(seed)
        self.all = False
        self.files = True

    # ---- scalars --------------------------------------------------------

    def integer(self, f):
        if 'range' in f:
            return self.random.randint(*f['range'])
        return self.random.choice([0, 1, -1, self.random.randrange(1000), -self.random.randrange(1 << 52),
                                   self.random.randrange(1 << 52), 1 << 52, -(1 << 52), 1 << 31, 1 << 32])

    def text(self, f):
        least, most = f.get('chars') or f.get('bytes') or (1 if f.get('required') else 0, 12)
        most = min(most, least + 12)
        # Marked-up text is not balanced, and bytes are more than letters.
        pieces = 'abcxyz' if 'bytes' in f or f.get('marked') else PIECES
        text = ''.join(self.random.choice(pieces) for _ in range(self.random.randint(least, most)))
        # Lengths count UTF-16 or code points; with either a short one fits.
        return text if len(text.encode('utf-16-le')) // 2 <= most or least == 0 and not f.get('chars') else 'q' * max(least, 1)

    def file(self):
        name, text = 'f' + ''.join(self.random.choice('abc') for _ in range(5)) + '.bin', self.text({})
        if not self.files or self.random.random() < 0.3:
            return Value(name, f'{{ .kind = TOBS_INPUT_FILE_NAMED, .from.id = {c_string(name)} }}')
        c = (f'{{ .kind = TOBS_INPUT_FILE_MEMORY, .from.data = {c_string(text)}, .size = {len(text.encode())}, '
             f'.name = {c_string(name)} }}')
        return Value({'$file': {'name': name, 'text': text}}, c)

    # ---- types ----------------------------------------------------------

    def value(self, type_, c_type, f, depth):
        """A value of the schema's type for a member of type `c_type`."""
        members = self.schema.members_of(type_)
        if c_type == 'struct tobs_input_file':
            return self.file()
        if members and set(members) == {'int', 'string'}:
            return self.chat(f)
        if isinstance(type_, dict) and 'array' in type_:
            return self.array(type_['array'], c_type, f, depth)
        if c_type.startswith('enum '):
            json_, constant = self.random.choice(sorted(self.header.enums[c_type[5:]].items()))
            return Value(json_, constant)
        if c_type == 'int64_t':
            n = self.integer(f)
            return Value(n, f'INT64_C({n})')
        if c_type == 'double':
            d = self.random.randrange(-1 << 40, 1 << 40) / 1024
            return Value(d, repr(d))
        if c_type == 'bool':
            on = type_ == 'true' or self.random.random() < 0.5
            return Value(on, 'true' if on else 'false')
        if c_type.startswith('const char *'):
            text = self.random.choice(self.schema.types[type_]['enum']) if type_ in self.schema.types else self.text(f)
            return Value(text, c_string(text))
        return self.object(type_, c_type, depth)

    def chat(self, f):
        if self.random.random() < 0.3:
            name = '@' + ''.join(self.random.choice('abc') for _ in range(6))
            return Value(name, None, [(f['name'].replace('_id', '_username'), c_string(name))])
        n = self.random.randrange(1, 1 << 52) * self.random.choice([1, -1])
        return Value(n, f'INT64_C({n})')

    def array(self, elem, c_type, f, depth):
        """`c_type` is a struct with items and count."""
        items = self.header.structs[c_type.removeprefix('struct ')]['items']
        item = re.sub(r' ?\*(const \*)?$', r'', items.removeprefix('const '))
        if items.startswith('const char *const'):
            item = 'const char *'
        least, most = f.get('items', (1, MOST_ITEMS))
        values = [self.value(elem, item, {'name': f['name']}, depth + 1)
                  for _ in range(self.random.randint(max(least, 1), max(least, 1, min(most, MOST_ITEMS))))]
        inner = ', '.join(v.c for v in values)
        const = item if item.endswith('*') else 'const ' + item
        return Value([v.json for v in values], f'{{ ({const}[]){{ {inner} }}, {len(values)} }}')

    def object(self, type_, c_type, depth):
        pointer = c_type.endswith('*')
        name = c_type.removeprefix('const ').removeprefix('struct ').rstrip(' *')
        members = self.schema.members_of(type_)
        if members is None:
            made = self.struct(type_, name, depth)
        elif len(members) == 1:
            made = self.struct(members[0], name, depth)
        elif type_ == 'MaybeInaccessibleMessage':
            made = self.struct(self.random.choice(members), name, depth)
            made.json.setdefault('date', 0)
        else:
            made = self.union(type_, members, name, depth)
        return Value(made.json, f'&(const struct {name}){made.c}' if pointer else made.c)

    def union(self, type_, members, name, depth):
        if type_ == TEXT_OR_LIST and (depth >= DEEP or self.random.random() < 0.5):
            text = self.text({})
            return Value(text, f'{{ .kind = TOBS_RICH_TEXT_PLAIN, .plain = {c_string(text)} }}')
        if type_ == TEXT_OR_LIST and self.random.random() < 0.3:
            made = self.array(type_, self.header.structs[name]['list'], {'name': 'list'}, depth + 1)
            return Value(made.json, f'{{ .kind = TOBS_RICH_TEXT_LIST, .list = {made.c} }}')
        if depth > DEEP:  # the shallowest first
            members = sorted(members, key=lambda m: sum(f.get('required', False) and not isinstance(f['type'], str)
                                                        for f in self.schema.fields(m)))[:3]
        which = self.random.choice(members)
        c_name = self.header.named[which]
        kinds = self.header.structs[name]
        member = next(m for m, t in kinds.items() if re.search(rf'struct {c_name}\b', t))
        made = self.struct(which, c_name, depth)
        if kinds[member].endswith('*'):  # one of a few pointers
            return Value(made.json, f'{{ .{member} = &(const struct {c_name}){made.c} }}')
        constant = f'{name}_{member.rstrip("_")}'.upper()
        assert constant in self.header.constants, constant
        return Value(made.json, f'{{ .kind = {constant}, .{member} = {made.c} }}')

    def wanted(self, f, c_type, depth):
        if f.get('required'):
            return True
        nested = 'struct' in c_type
        if nested and depth >= DEEP:
            return False
        return self.all or self.random.random() < (0.25 if nested else 0.4)

    def struct(self, type_, name, depth):
        fields = self.schema.methods[type_]['params'] if type_ in self.schema.methods else self.schema.fields(type_)
        return self.fields(fields, name, depth)

    def fields(self, fields, name, depth):
        members = self.header.structs[name]
        modes = any(f['name'].endswith('parse_mode') for f in fields)
        made, inits = {}, []
        for f in fields:
            if isinstance(f['type'], dict) and 'const' in f['type']:
                made[f['name']] = f['type']['const']
                continue
            member = f['name'] if f['name'] in members else f['name'] + '_'
            if member not in members:
                assert f['type'] == 'true' and f.get('required'), (name, f)
                made[f['name']] = True
                continue
            if not self.wanted(f, members[member], depth):
                continue
            v = self.value(f['type'], members[member], {**f, 'marked': modes}, depth + 1)
            made[f['name']] = v.json
            inits += [f'.{member} = {v.c}'] if v.c is not None else []
            inits += [f'.{m} = {c}' for m, c in v.extra]
            if 'has_' + f['name'] in members and not f.get('required'):
                inits.append(f'.has_{f["name"]} = true')
        if not inits:
            inits = [next(f'.{m} = 0' for m, t in members.items() if not t.startswith(('struct', 'enum')))]
        return Value(made, f'{{ {", ".join(inits)} }}')

    # ---- whole things ---------------------------------------------------

    def arguments(self, method):
        name = self.header.named.get(method)
        return self.struct(method, name, 0) if self.header.calls[method][1] else Value({}, None)

    def update(self, kind):
        f = next(f for f in self.schema.fields('Update') if f['name'] == kind)
        made = self.value(f['type'], self.header.structs['tobs_update'][kind], {**f, 'required': True}, 1)
        return {'update_id': self.random.randrange(1 << 31), kind: made.json}


def strange(value, rng):
    """The same with fields that no version has so far."""
    if isinstance(value, list):
        return [strange(v, rng) for v in value]
    if not isinstance(value, dict):
        return value
    known = {k: strange(v, rng) for k, v in value.items()}
    new = rng.choice([None, True, -1, 0.5, 1 << 60, 'x', [], {}, [[{'id': 1}]], {'type': 'photo', 'from': {'id': 'y'}}])
    if rng.random() < 0.5:
        return {'zz_unknown': new, **known}
    return {**known, 'from_the_future': new}


# ---- calls ------------------------------------------------------------------

def write_calls(schema, header, out, out_json):
    maker = Maker(schema, header, 20260824)
    cases, lines, table = [], [], []
    for method in schema.methods:
        for every, files in ((True, True), (False, False), (False, True)):
            maker.all, maker.files = every, files
            args = maker.arguments(method)
            call, has_args, has_ret = header.calls[method]
            n = len(cases)
            if has_args:
                lines.append(f'static const struct {header.named[method]} args_{n} = {args.c};\n')
            given = ''.join([f', &args_{n}' if has_args else '', ', NULL' if has_ret else ''])
            lines.append(f'static int call_{n}(struct tobs_bot *bot)\n{{\n\treturn {call}(bot{given});\n}}\n\n')
            table.append(f'\t{{ "{method}", call_{n} }},\n')
            cases.append({'method': method, 'args': args.json})
    pathlib.Path(out).write_text('/* Generated by tests/peer/botapi_judge.py. */\n#include "peer/bot_calls.h"\n\n' + ''.join(lines) +
                                 'const struct bot_case bot_cases[] = {\n' + ''.join(table) + '};\n\n' +
                                 f'const int bot_case_count = {len(cases)};\n')
    pathlib.Path(out_json).write_text(json.dumps(cases, ensure_ascii=False))


# ---- printing ---------------------------------------------------------------

class Printer:
    """Functions that write structs as JSON, for all types that updates and results are made of."""

    def __init__(self, schema, header):
        self.schema, self.header = schema, header
        self.done, self.heads, self.bodies = {}, [], []

    def struct(self, type_):
        """The name of the function for this type."""
        members = self.schema.members_of(type_)
        if type_ == 'MaybeInaccessibleMessage':
            return self.struct('Message')
        if members and len(members) == 1:
            return self.struct(members[0])
        name = self.header.named[type_]
        if name in self.done:
            return self.done[name]
        function = self.done[name] = name.replace('tobs_', 'put_', 1)
        head = f'static void {function}(const struct {name} *v)'
        self.heads.append(head + ';\n')
        body = self.union(type_, members, name) if members else self.fields(type_, name)
        self.bodies.append(f'{head}\n{{\n\t(void)v;\n{body}}}\n\n')
        return function

    def union(self, type_, members, name):
        out = '\tswitch (v->kind) {\n'
        for m in members:
            c_name = self.header.named[m]
            member = next(k for k, t in self.header.structs[name].items() if t == f'struct {c_name}')
            out += f'\tcase {name.upper()}_{member.rstrip("_").upper()}: {self.struct(m)}(&v->{member}); break;\n'
        if type_ == TEXT_OR_LIST:
            out += (f'\tcase TOBS_RICH_TEXT_PLAIN: put_text(v->plain); break;\n'
                    f'\tcase TOBS_RICH_TEXT_LIST: {self.array(type_, "v->list")} break;\n')
        return out + '\tdefault: put_raw(v->raw); break;\n\t}\n'

    def array(self, elem, at, i='i'):
        one = f'{at}.items[{i}]'
        if isinstance(elem, dict):
            each = self.array(elem['array'], one, 'j')
        elif elem == 'int':
            each = f'put_int({one});'
        elif elem == 'string':
            each = f'put_text({one});'
        else:
            each = f'{self.struct(elem)}(&{one});'
        return (f'put_open(\'[\'); for (size_t {i} = 0; {i} < {at}.count; {i}++) {{ put_comma({i}); {each} }} '
                f'put_close(\']\');')

    def fields(self, type_, name):
        members = self.header.structs[name]
        out = '\tput_open(\'{\');\n'
        for f in self.schema.fields(type_):
            key = f'put_key("{f["name"]}");'
            if isinstance(f['type'], dict) and 'const' in f['type']:
                out += f'\t{key} put_text("{f["type"]["const"]}");\n'
                continue
            member = f['name'] if f['name'] in members else f['name'] + '_'
            if member not in members:
                out += f'\t{key} put_bool(true);\n'
                continue
            there, put = self.member(f, members, f'v->{member}')
            out += f'\tif ({there}) {{ {key} {put} }}\n'
        return out + '\tput_close(\'}\');\n'

    def member(self, f, members, at):
        c_type = members[at.removeprefix('v->')]
        has = f'v->has_{f["name"]}' if 'has_' + f['name'] in members and not f.get('required') else 'true'
        if c_type == 'int64_t':
            return has, f'put_int({at});'
        if c_type == 'double':
            return has, f'put_double({at});'
        if c_type == 'bool':
            return at if f['type'] == 'true' else has, f'put_bool({at});'
        if c_type.startswith('const char *'):
            return at, f'put_text({at});'
        if c_type.startswith('enum '):
            names = ' '.join(f'case {c}: put_text("{v}"); break;' for v, c in self.header.enums[c_type[5:]].items())
            return at, f'switch ({at}) {{ {names} default: put_int(-1); }}'
        if isinstance(f['type'], dict) and 'array' in f['type']:
            return f'{at}.items', self.array(f['type']['array'], at)
        assert c_type.endswith('*'), (c_type, f)
        return at, f'{self.struct(f["type"] if isinstance(f["type"], str) else self.schema.members_of(f["type"])[0])}({at});'


def write_printer(schema, header, out):
    printer = Printer(schema, header)
    printer.struct('Update')
    pathlib.Path(out).write_text('/* Generated by tests/peer/botapi_judge.py. */\n#include "peer/bot_decode.h"\n\n' +
                                 ''.join(printer.heads) + '\n' + ''.join(printer.bodies) +
                                 'void bot_print(const struct tobs_update *update)\n{\n\tput_update(update);\n}\n')


def write_results(schema, header, out, out_json):
    maker = Maker(schema, header, 20260825)
    printer = Printer(schema, header)
    cases, calls, table = [], [], []
    for method, about in schema.methods.items():
        call, has_args, c_type = header.calls[method]
        if not c_type:
            continue
        members = schema.members_of(about['returns']) if isinstance(about['returns'], dict) else None
        type_ = members[0] if members else about['returns']
        for every in (True, False):
            n = len(cases)
            maker.all, maker.files = False, False
            args = maker.arguments(method)
            maker.all = every
            value = maker.value(type_, c_type, {'name': 'result', 'required': True}, 1).json
            if members and not every:
                value = True
            calls.append(result_call(printer, method, n, call, args.c if has_args else '', c_type, type_, header))
            table.append(f'\t{{ "{method}", call_{n} }},\n')
            cases.append({'method': method, 'result': value})
    pathlib.Path(out).write_text(
        '/* Generated by tests/peer/botapi_judge.py. */\n#include <stdio.h>\n\n#include "peer/bot_calls.h"\n'
        '#include "peer/bot_decode.h"\n\n' + ''.join(printer.heads) + '\n' + ''.join(printer.bodies) + ''.join(calls) +
        'const struct bot_case bot_cases[] = {\n' + ''.join(table) + f'}};\n\nconst int bot_case_count = {len(cases)};\n')
    pathlib.Path(out_json).write_text(json.dumps(cases, ensure_ascii=False))


def result_call(printer, method, n, call, args, c_type, type_, header):
    """A function that makes the call and writes its result."""
    if c_type == 'int64_t':
        init, put = '0', 'put_int(ret);'
    elif c_type == 'const char *':
        init, put = 'NULL', 'put_text(ret);'
    elif c_type.endswith('*'):
        init, put = 'NULL', f'if (ret) {printer.struct(type_)}(ret); else put_bool(true);'
    else:
        init, put = '{ NULL, 0 }', printer.array(type_['array'], 'ret')
    given = f', &args_{n}' if args else ''
    return ((f'static const struct {header.named[method]} args_{n} = {args};\n' if args else '') +
            f'static int call_{n}(struct tobs_bot *bot)\n{{\n\t{c_type} ret = {init};\n\tint r = {call}(bot{given}, &ret);\n\n'
            f'\tif (r)\n\t\treturn r;\n\t{put}\n\tputchar(\'\\n\');\n\treturn TOBS_OK;\n}}\n\n')


def write_updates(schema, header, seed, count):
    maker = Maker(schema, header, seed)
    kinds = [f['name'] for f in schema.fields('Update') if f['name'] != 'update_id']
    for kind in kinds:
        for n in range(count):
            maker.all = n == 0
            update = maker.update(kind)
            print(json.dumps([kind, json.dumps(update, ensure_ascii=n % 2 == 0),
                              json.dumps(strange(update, maker.random), ensure_ascii=n % 2 == 1)]))


def main():
    what, schema, types, methods, *rest = sys.argv[1:]
    schema = Schema(schema)
    header = Header(pathlib.Path(types).read_text(), pathlib.Path(methods).read_text())
    if what == 'calls':
        write_calls(schema, header, *rest)
    elif what == 'print':
        write_printer(schema, header, *rest)
    elif what == 'results':
        write_results(schema, header, *rest)
    elif what == 'updates':
        write_updates(schema, header, *map(int, rest))


if __name__ == '__main__':
    main()
