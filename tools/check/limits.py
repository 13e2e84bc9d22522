#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ceilings that keep files and functions readable. Generated code is exempt.

A counted ceiling that fails the build holds; a sentence in a style guide does
not. The lists of exceptions are empty and meant to stay so.
"""
import pathlib
import subprocess
import sys

FILE_LINES = 800
FUNCTION_LINES = 100
COMPLEXITY = 25
EXEMPT_FILES = ()
EXEMPT_FUNCTIONS = ()


def sources(root):
    for folder in ('src', 'include', 'tests', 'fuzz', 'bench', 'examples'):
        for path in sorted((root / folder).rglob('*')):
            rel = path.relative_to(root).as_posix()
            if path.suffix in ('.c', '.h', '.cpp') and '/gen/' not in rel and 'tl_types.h' not in rel \
                    and 'methods.h' not in rel and 'tl_ids.h' not in rel and 'botapi_types.h' not in rel and 'node_modules' not in rel:
                yield path, rel


def check(root):
    errors = []
    files = []
    for path, rel in sources(root):
        lines = path.read_text().count('\n')
        if lines > FILE_LINES and rel not in EXEMPT_FILES:
            errors.append(f'{rel}: {lines} lines, at most {FILE_LINES}: one noun has become two')
        if path.suffix == '.c':
            files.append(str(path))
    # pmccabe prints: complexity, complexity with switches counted once, statements, first line, lines, file(line): name
    out = subprocess.run(['pmccabe', *files], capture_output=True, text=True, check=True).stdout
    for row in out.splitlines():
        _, complexity, _, _, length, where = row.split('\t')
        place, name = where.split(': ')
        rel = pathlib.Path(place.split('(')[0]).relative_to(root).as_posix()
        if name in EXEMPT_FUNCTIONS or rel.startswith('tests/'):
            continue
        if int(length) > FUNCTION_LINES:
            errors.append(f'{rel}: {name}() has {length} lines, at most {FUNCTION_LINES}')
        if int(complexity) > COMPLEXITY:
            errors.append(f'{rel}: {name}() has complexity {complexity}, at most {COMPLEXITY}')
    return errors


if __name__ == '__main__':
    found = check(pathlib.Path(__file__).resolve().parents[2])
    print('\n'.join(found))
    sys.exit(bool(found))
