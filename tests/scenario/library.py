# SPDX-License-Identifier: MIT
"""libtobs.a, as it is installed: other people's programs link it."""
import os
import re
import subprocess

import story

LIBRARY = os.environ['TOBS_LIBRARY']


def names(*options):
    out = subprocess.run(['nm', *options, LIBRARY], capture_output=True, text=True, check=True).stdout
    return [line.split()[-2:] for line in out.splitlines() if re.fullmatch(r'[0-9a-f ]{16} \S \S+', line)]


def test_every_name_is_ours(place):
    """A program may have functions and variables of any other name."""
    ours = re.compile(r'(tobs_|tl_)[a-zA-Z0-9_]+$|_Z|__|DW\.ref\.')
    strange = {name for kind, name in names('-g', '--defined-only') if not ours.match(name) and kind not in 'WVu'}
    assert not strange, sorted(strange)


def test_every_public_function_is_there(place):
    defined = {name for _, name in names('-g', '--defined-only')}
    wanted = set()
    for header in (story.ROOT / 'include' / 'tobs').glob('*.h'):
        text = re.sub(r'/\*.*?\*/', '', header.read_text(), flags=re.S)
        for declared in re.findall(r'^(?!static|typedef|#)[a-z][\w \*]*?\b(tobs_\w+)\(', text, re.M):
            wanted.add(declared)
    assert len(wanted) > 80, wanted
    assert not wanted - defined, sorted(wanted - defined)


def test_a_program_with_names_of_its_own(place):
    """Functions that are called like private ones meet their own."""
    clash = [name[len('tobs_private_'):] for _, name in names('-g', '--defined-only')
             if name.startswith('tobs_private_map_')]
    assert clash
    source = place.write('clash.c', '#include <stdio.h>\n#include <tobs/log.h>\n' +
                         ''.join(f'int {name}(void);\nint {name}(void)\n{{\n\treturn 1;\n}}\n' for name in clash) +
                         'int main(void)\n{\n\tputs(tobs_log_level_name(TOBS_LOG_WARN));\n\treturn 0;\n}\n')
    flags = os.environ['TOBS_LINK'].split()
    done = subprocess.run(['g++', '-x', 'c++', f'-I{story.ROOT}/include', str(source), '-x', 'none', LIBRARY,
                           '-o', str(place.cwd / 'clash'), *flags], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert subprocess.run([place.cwd / 'clash'], capture_output=True, text=True).stdout == 'warn\n'


story.main()
