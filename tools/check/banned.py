#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Functions nobody calls here, and why."""
import pathlib
import re
import sys

BANNED = {
    'strcpy': 'no bound; use tobs_buf or snprintf',
    'strcat': 'no bound; use tobs_buf',
    'strncpy': 'may leave no zero; use snprintf',
    'strncat': 'its size argument is misread too often; use tobs_buf',
    'sprintf': 'no bound; use snprintf',
    'vsprintf': 'no bound; use vsnprintf',
    'gets': 'no bound',
    'atoi': 'hides errors; use tobs_view_int',
    'atol': 'hides errors; use tobs_view_int',
    'atoll': 'hides errors; use tobs_view_int',
    'atof': 'hides errors and depends on the locale',
    'sscanf': 'hides errors; parse with tobs_view',
    'strtok': 'keeps global state; use tobs_view_split',
    'rand': 'use base/rand.h',
    'srand': 'use base/rand.h',
    'random': 'use base/rand.h',
    'localtime': 'not thread-safe; use localtime_r or base/clock.h',
    'gmtime': 'not thread-safe; use base/clock.h',
    'alloca': 'fiber stacks are small',
    'system': 'runs a shell',
    'popen': 'runs a shell',
}
# The heap has one door, base/alloc.h; a library neither prints nor ends the process.
LIBRARY = {
    'malloc': 'use base/alloc.h',
    'calloc': 'use base/alloc.h',
    'realloc': 'use base/alloc.h',
    'free': 'use base/alloc.h',
    'strdup': 'use base/alloc.h',
    'strndup': 'use base/alloc.h',
    'asprintf': 'use tobs_buf_printf',
    'printf': 'libraries do not print',
    'puts': 'libraries do not print',
    'putchar': 'libraries do not print',
    'perror': 'libraries do not print',
    'exit': 'libraries do not end the process',
    '_exit': 'libraries do not end the process',
    'sleep': 'blocks the loop; use tobs_sleep',
    'usleep': 'blocks the loop; use tobs_sleep',
    'nanosleep': 'blocks the loop; use tobs_sleep',
}
# file: the functions it may call although they are banned, and why
ALLOWED = {
    'src/base/alloc.c': {'malloc', 'calloc', 'realloc', 'free'},  # the door itself
}

COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
CALL = re.compile(r'(?<![\w.>])([a-z_]\w*)\s*\(')


def blank(match):
    return re.sub(r'[^\n]', ' ', match.group())


def check(root):
    errors = []
    for folder in ('src', 'include', 'tests', 'fuzz', 'bench', 'examples'):
        for path in sorted((root / folder).rglob('*')):
            if path.suffix not in ('.c', '.h') or '/gen/' in path.as_posix() or 'node_modules' in path.parts:
                continue
            rel = path.relative_to(root).as_posix()
            banned = dict(BANNED)
            if folder in ('src', 'include') and not rel.startswith('src/cli/'):
                banned.update(LIBRARY)
            text = COMMENT.sub(blank, path.read_text())
            for match in CALL.finditer(text):
                name = match.group(1)
                if name in banned and name not in ALLOWED.get(rel, ()):
                    line = text.count('\n', 0, match.start()) + 1
                    errors.append(f'{rel}:{line}: {name}(): {banned[name]}')
    return errors


if __name__ == '__main__':
    found = check(pathlib.Path(__file__).resolve().parents[2])
    print('\n'.join(found))
    sys.exit(bool(found))
