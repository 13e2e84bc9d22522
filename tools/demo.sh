#!/bin/sh
# SPDX-License-Identifier: MIT
# What tobs does, without an account and without the network: a simulated
# Telegram with the sample world, a login that asks nothing, an export of every
# chat, and a look at what it wrote. Everything lies in tobs-demo/; run again, it
# finds that nothing is new. Argument: the program; TOBS_DEMO is another folder.
set -eu
cd "$(dirname "$0")/.."
tobs=$1
demo=${TOBS_DEMO:-tobs-demo}
sim=

stop() {
  if [ -n "$sim" ]; then
    kill "$sim" 2>/dev/null || true
    wait "$sim" 2>/dev/null || true
    sim=
  fi
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say() { printf '\n== %s\n' "$*"; }

# Settings that somebody has for their own chats have no say here.
exec_clean() { exec env -i PATH="$PATH" HOME="$HOME" TERM="${TERM:-dumb}" LC_ALL="${LC_ALL:-C.UTF-8}" "$@"; }
run() {
  printf '$ tobs %s\n' "$*"
  (exec_clean "$tobs" "$@" --env-file "$demo/sim/.env" --session "$demo/sim/demo.session")
}

mkdir -p "$demo/sim"

say "A simulated Telegram, with the sample world of examples/world"
# There before it is looked into: the shell in the background opens it later.
: >"$demo/sim/log"
exec_clean "$tobs" sim --world examples/world/world.json --folder "$demo/sim" --state "$demo/sim" \
  >"$demo/sim/log" 2>&1 &
sim=$!
until grep -q 'Ctrl-C ends it' "$demo/sim/log"; do
  kill -0 "$sim" 2>/dev/null || { cat "$demo/sim/log" >&2; exit 1; }
  sleep 0.1
done
echo "It listens on loopback; its addresses are in $demo/sim/log."

say "Log in; the answers are in $demo/sim/.env"
run login

say "What there is"
run chats

say "Fetch it all"
progress=auto
[ -t 1 ] || progress=none
run export --all --out "$demo/chats" --progress "$progress"

say "The files"
(cd "$demo/chats" && find . -name '*.md' | LC_ALL=C sort | sed 's|^\./|  |')
first=$(find "$demo/chats" -name '*.md' -size +3k | LC_ALL=C sort | head -n 1)
if [ -n "$first" ]; then
  say "How one of them begins: $first"
  head -n 40 "$first"
fi

say "Done"
echo "Everything is in $demo/chats: open it as a vault in Obsidian, or with any editor."
echo "Run make demo again: it will say that nothing is new."
