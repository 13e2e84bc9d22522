#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs tl_mtcute.mjs where node and mtcute are; exit status 77 (skipped) where not.

usage: tl_mtcute.py PROGRAM (tl_echo.c)
"""
import os
import pathlib
import shutil
import sys

here = pathlib.Path(__file__).resolve().parent
node = shutil.which('node')
if not node or not (here / 'node_modules' / '@mtcute').is_dir():
    print('mtcute is not here: npm ci --ignore-scripts in tests/peer')
    sys.exit(77)
os.execv(node, [node, str(here / 'tl_mtcute.mjs'), os.path.abspath(sys.argv[1])])
