#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Generated code is checked in; this runs the generators again and compares."""
import pathlib
import subprocess
import sys
import tempfile

GENERATORS = ['tools/tlgen/tlgen.py', 'tools/botgen/botgen.py']


def check(root):
    errors = []
    for generator in GENERATORS:
        with tempfile.TemporaryDirectory() as out:
            subprocess.run([sys.executable, str(root / generator), out], check=True)
            for path in sorted(pathlib.Path(out).rglob('*')):
                if not path.is_file():
                    continue
                rel = path.relative_to(out)
                have = root / rel
                if not have.exists() or have.read_bytes() != path.read_bytes():
                    errors.append(f'{rel}: not what {generator} makes; run: python3 {generator} .')
    return errors


if __name__ == '__main__':
    found = check(pathlib.Path(__file__).resolve().parents[2])
    print('\n'.join(found))
    sys.exit(bool(found))
