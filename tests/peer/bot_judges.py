#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs bot_methods.mjs, bot_results.mjs and bot_updates.mjs where node and grammY are; exit status 77 (skipped) where not.

usage: bot_judges.py methods BOT_CALLS CASES
       bot_judges.py results BOT_RESULTS CASES
       bot_judges.py updates BOT_DECODE SCHEMA TYPES.H METHODS.H
"""
import os
import pathlib
import shutil
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
SEED, COUNT = '20260824', '12'


def main():
    node = shutil.which('node')
    what, program, *rest = sys.argv[1:]
    program = os.path.abspath(program)
    if not node or (what == 'methods' and not (here / 'node_modules' / 'grammy').is_dir()):
        print('node and grammY are not here: npm ci --ignore-scripts in tests/peer')
        sys.exit(77)
    if what in ('methods', 'results'):
        sys.exit(subprocess.run([node, str(here / f'bot_{what}.mjs'), program, *rest]).returncode)
    judge = [sys.executable, str(here / 'botapi_judge.py'), 'updates', *rest, SEED, COUNT]
    updates = subprocess.run(judge, stdout=subprocess.PIPE, check=True).stdout
    sys.exit(subprocess.run([node, str(here / 'bot_updates.mjs'), program], input=updates).returncode)


main()
