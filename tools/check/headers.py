#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every header compiles alone: public ones as strict C11 and as C++17, internal ones as C."""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

STRICT = ['-Wall', '-Wextra', '-Werror', '-fsyntax-only']


def compile_alone(root, path, command):
    rel = path.relative_to(root).as_posix()
    include = f'#include <{rel[len("include/"):]}>\n' if rel.startswith('include/') else \
        f'#include "{rel[len("src/"):]}"\n'
    include += 'typedef int not_empty;\n'
    run = subprocess.run(command + STRICT + ['-I', str(root / 'include'), '-I', str(root / 'src'), '-'],
                         input=include, capture_output=True, text=True)
    return f'{rel} ({command[0]}):\n{run.stderr}' if run.returncode else None


def check(root):
    jobs = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path in sorted((root / 'include').rglob('*.h')):
            jobs.append(pool.submit(compile_alone, root, path, ['gcc', '-xc', '-std=c11', '-pedantic']))
            jobs.append(pool.submit(compile_alone, root, path, ['g++', '-xc++', '-std=c++17']))
        for path in sorted((root / 'src').rglob('*.h')):
            jobs.append(pool.submit(compile_alone, root, path,
                                    ['gcc', '-xc', '-std=gnu11', '-D_GNU_SOURCE']))
    return [job.result() for job in jobs if job.result()]


if __name__ == '__main__':
    found = check(pathlib.Path(__file__).resolve().parents[2])
    print('\n'.join(found))
    sys.exit(bool(found))
