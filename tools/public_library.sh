#!/bin/sh
# SPDX-License-Identifier: MIT
# public_library.sh IN.a OUT.a: the same library, but every name that is not
# public begins with tobs_private_. Programs that link it statically may have a
# map_get() or a settings of their own; members stay apart, so that a program
# gets those that it uses. Names of C++ (_Z…) and of the compiler (__…)
# are shared with their libraries.
set -eu
in=$1
out=$2
map=$out.names
whole=$out.whole

# A library that is not installed may be but a list of its objects.
rm -f "$whole" "$out"
case $(head -c 7 "$in") in
  '!<thin>') ar t "$in" | xargs ar qc "$whole" ;;
  *) cp "$in" "$whole" ;;
esac

nm -g --defined-only "$whole" 2>/dev/null |
  awk 'NF == 3 && $3 !~ /^(tobs_|tl_|_Z|__|DW\.ref)/ && $2 != "W" && $2 != "V" { print $3 " tobs_private_" $3 }' |
  sort -u >"$map"
objcopy --redefine-syms="$map" "$whole" "$out"
rm -f "$map" "$whole"
