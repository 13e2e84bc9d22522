#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""JSON against Python's json: what is refused, what is read, and every byte of what is written.

usage: json_python.py PROGRAM (json_echo.c)
"""
import json
import random
import struct
import subprocess
import sys

DOCUMENTS = 3000
random.seed(20240501)
STRICT = json.JSONDecoder(parse_constant=lambda word: (_ for _ in ()).throw(ValueError(word)))


def number():
    kind = random.randrange(7)
    if kind == 0:
        return random.randrange(-1000, 1000)
    if kind == 1:
        return random.choice([2**63 - 1, -2**63, 2**64 - 1, 2**53 + 1, 0])
    if kind == 2:
        return random.uniform(-180, 180)
    if kind == 3:
        return float(random.randrange(-10**18, 10**18))
    if kind == 4:
        return round(random.uniform(-1, 1), random.randrange(8)) * 10 ** random.randrange(-10, 20)
    while True:
        value = struct.unpack('d', random.randbytes(8))[0]
        if value - value == 0:
            return value


def text():
    pool = random.choice(['abc "\\/\b\f\n\r\t', 'привет, мир', '漢字€', '😀👍🏽', '\x00\x01\x1f\x7f\u2028{}[]:,'])
    return ''.join(random.choice(pool) for _ in range(random.choice([0, 1, 5, 40, 200])))


def tree(depth):
    kind = random.randrange(8 if depth else 5)
    if kind < 2:
        return text()
    if kind < 4:
        return number()
    if kind == 4:
        return random.choice([None, True, False])
    size = random.randrange(6)
    if kind == 5:
        return {text(): tree(depth - 1) for _ in range(size)}
    return [tree(depth - 1) for _ in range(size)]


def broken(document):
    """A document with a byte removed, doubled or replaced: often not JSON, sometimes still."""
    at = random.randrange(len(document))
    new = random.choice([b'', document[at:at + 1] * 2, random.choice([b'"', b'\\', b',', b']', b'0', b'-', b'.', b' '])])
    return document[:at] + new + document[at + 1:]


def read_strictly(document):
    """What json makes of it where RFC 8259 and we agree with it; raises ValueError otherwise."""
    value = STRICT.decode(document.decode('utf-8'))
    json.dumps(value, ensure_ascii=False).encode('utf-8')  # no halves of surrogate pairs
    return value


def as_we_read(value):
    """Integers beyond 64 bits become doubles, -0 the integer 0, of equal keys all are kept (and never made here)."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and not -2**63 <= value < 2**64:
        return float(value)
    if isinstance(value, list):
        return [as_we_read(one) for one in value]
    if isinstance(value, dict):
        return {key: as_we_read(one) for key, one in value.items()}
    return value


def has_no_twins(document):
    twins = []
    json.loads(document, object_pairs_hook=lambda pairs: twins.append(len(pairs) - len(dict(pairs))))
    return not any(twins)


def is_infinite(value):
    if isinstance(value, float):
        return value - value != 0
    if isinstance(value, list):
        return any(map(is_infinite, value))
    return isinstance(value, dict) and any(map(is_infinite, value.values()))


def expect(document, flags):
    """The bytes the program should answer with; None when it should refuse."""
    try:
        value = as_we_read(read_strictly(document))
    except (ValueError, OverflowError):
        return None
    if is_infinite(value):
        return None
    if flags & 1:
        out = json.dumps(value, ensure_ascii=bool(flags & 2), indent=1)
    else:
        out = json.dumps(value, ensure_ascii=bool(flags & 2), separators=(',', ':'))
    return out.encode('utf-8')


def ask(program, flags, documents):
    request = b''.join(b'%d\n' % len(one) + one for one in documents)
    run = subprocess.run([program, str(flags)], input=request, capture_output=True, check=True)
    answers, at = [], 0
    while at < len(run.stdout):
        end = run.stdout.index(b'\n', at)
        size = int(run.stdout[at:end])
        at = end + 1
        answers.append(None if size < 0 else run.stdout[at:at + size])
        at += max(size, 0)
    return answers


def main():
    documents = []
    for i in range(DOCUMENTS):
        one = json.dumps(tree(5), ensure_ascii=random.random() < 0.5,
                         indent=random.choice([None, None, 1])).encode('utf-8')
        documents.append(broken(one) if i % 3 == 0 else one)
    refused = 0
    for flags in range(4):
        answers = ask(sys.argv[1], flags, documents)
        if len(answers) != len(documents):
            sys.exit(f'{len(answers)} answers to {len(documents)} documents')
        for document, answer in zip(documents, answers):
            wanted = expect(document, flags)
            refused += wanted is None
            if answer != wanted and (wanted is None or answer is None or has_no_twins(document)):
                sys.exit(f'flags {flags}: {document!r}\nhave {answer!r}\nwant {wanted!r}')
    if not 500 < refused < 3900:
        sys.exit(f'{refused} refused: the documents test nothing')
    print(f'{DOCUMENTS} documents, {refused // 4} of them refused')


main()
