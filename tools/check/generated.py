#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is generated is checked in; this runs the generators again and compares."""
import pathlib
import subprocess
import sys
import tempfile

GENERATORS = ['tools/tlgen/tlgen.py', 'tools/botgen/botgen.py', 'tools/reference/reference.py']
# Folders in which nothing else may be.
WHOLE = {'tools/reference/reference.py': 'docs/reference'}


def check(root):
    errors = []
    for generator in GENERATORS:
        with tempfile.TemporaryDirectory() as out:
            made = subprocess.run([sys.executable, str(root / generator), out], stderr=subprocess.PIPE, text=True)
            if made.returncode:
                errors.append(made.stderr.rstrip() or f'{generator} failed')
                continue
            for path in sorted(pathlib.Path(out).rglob('*')):
                if not path.is_file():
                    continue
                rel = path.relative_to(out)
                have = root / rel
                if not have.exists() or have.read_bytes() != path.read_bytes():
                    errors.append(f'{rel}: not what {generator} makes; run: make generate')
            if generator in WHOLE:
                for path in sorted((root / WHOLE[generator]).iterdir()):
                    rel = path.relative_to(root)
                    if not (pathlib.Path(out) / rel).exists():
                        errors.append(f'{rel}: {generator} does not make it any more')
    return errors


if __name__ == '__main__':
    found = check(pathlib.Path(__file__).resolve().parents[2])
    print('\n'.join(found))
    sys.exit(bool(found))
