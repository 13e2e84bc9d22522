#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make check: every check and every test, then one line `N passed, N failed[, N skipped]`.

Steps run one after the other; a failed step is shown with its output and the
others go on. A step of the build counts as one; of the test programs every
single test counts. Arguments: names of steps to run (default: all).
"""
import os
import pathlib
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get('TOBS_BUILD', ROOT / 'build'))
passed = failed = skipped = 0


def say(word, name, detail=''):
    print(f'{word:>7}  {name}{"  " + detail if detail else ""}', flush=True)


def count(ok, name, output='', started=None):
    global passed, failed
    took = f'{time.monotonic() - started:.0f} s' if started else ''
    if ok:
        passed += 1
        say('ok', name, took)
    else:
        failed += 1
        say('FAILED', name, took)
        print(output.rstrip(), flush=True)


def command(name, *argv, env=None):
    started = time.monotonic()
    run = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         errors='replace', env={**os.environ, **(env or {})})
    count(run.returncode == 0, name, run.stdout, started)
    return run.returncode == 0


def build(name, folder, cc, cxx, *options):
    """Configures if needed and compiles with warnings as errors."""
    started = time.monotonic()
    path = BUILD / folder
    out = ''
    if not (path / 'build.ninja').exists():
        shutil.rmtree(path, ignore_errors=True)
        run = subprocess.run(['meson', 'setup', str(path), '-Dwerror=true', *options], cwd=ROOT,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             env={**os.environ, 'CC': cc, 'CXX': cxx})
        out += run.stdout
    run = subprocess.run(['ninja', '-C', str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True)
    lines = [line for line in (out + run.stdout).splitlines() if not line.startswith('[')]
    count(run.returncode == 0, name, '\n'.join(lines[-60:]), started)
    return run.returncode == 0


def tests(name, folder):
    """Runs the test programs of a build and counts every single test."""
    global passed, failed, skipped
    started = time.monotonic()
    path = BUILD / folder
    run = subprocess.run(['meson', 'test', '-C', str(path), '--no-rebuild', '--print-errorlogs'],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
    ok = bad = left = 0
    report = path / 'meson-logs' / 'testlog.junit.xml'
    if report.exists():
        for suite in ET.parse(report).getroot().iter('testsuite'):
            for case in suite.iter('testcase'):
                if case.find('failure') is not None or case.find('error') is not None:
                    bad += 1
                elif case.find('skipped') is not None:
                    left += 1
                else:
                    ok += 1
    # What took too long is in no report: "12/254 tobs:net / tcp   TIMEOUT   600.00s".
    bad += sum(' TIMEOUT ' in line for line in run.stdout.splitlines())
    if run.returncode and not bad:
        bad = 1
    passed, failed, skipped = passed + ok, failed + bad, skipped + left
    say('ok' if not bad else 'FAILED', name,
        f'{ok} passed, {bad} failed, {left} skipped, {time.monotonic() - started:.0f} s')
    if bad:
        print(run.stdout[-20000:], flush=True)


SANITIZE = ['-Db_sanitize=address,undefined', '-Db_lundef=false', '-Dbuildtype=debug', '-Doptimization=1']
STEPS = {
    'format': lambda: command('formatting', 'tools/check/format.sh'),
    'layers': lambda: command('layers', sys.executable, 'tools/check/layers.py'),
    'banned': lambda: command('banned functions', sys.executable, 'tools/check/banned.py'),
    'limits': lambda: command('sizes of files and functions', sys.executable, 'tools/check/limits.py'),
    'generated': lambda: command('what is generated is up to date', sys.executable, 'tools/check/generated.py'),
    'docs': lambda: command('what documents point at is there', sys.executable, 'tools/check/docs.py'),
    'headers': lambda: command('headers compile alone', sys.executable, 'tools/check/headers.py'),
    'clang': lambda: build('build with clang, release', 'clang', 'clang', 'clang++', '-Dbuildtype=release'),
    'tests': lambda: build('build with gcc, ASan and UBSan', 'check', 'gcc', 'g++', *SANITIZE)
    and tests('tests', 'check'),
}


def main():
    wanted = sys.argv[1:] or list(STEPS)
    for name in wanted:
        if name not in STEPS:
            sys.exit(f'check: no step "{name}"; there are: {", ".join(STEPS)}')
        STEPS[name]()
    print(f'{passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''))
    sys.exit(bool(failed))


main()
