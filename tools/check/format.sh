#!/bin/sh
# SPDX-License-Identifier: MIT
# Formatting of everything written by hand: `format.sh` checks, `format.sh --fix` mends.
set -eu
cd "$(dirname "$0")/../.."
mode='--dry-run -Werror'
[ "${1:-}" = --fix ] && mode=-i
git ls-files -co --exclude-standard -- 'src/*.[ch]' 'src/*.cpp' 'include/*.h' 'tests/*.[ch]' 'fuzz/*.[ch]' \
    'bench/*.[ch]' 'examples/*.[ch]' |
  grep -v -e /gen/ -e include/tobs/tl_ -e include/tobs/methods.h -e include/tobs/botapi_types.h \
      -e include/tobs/botapi_methods.h |
  while read -r f; do [ -e "$f" ] && echo "$f"; done |
  xargs clang-format $mode
