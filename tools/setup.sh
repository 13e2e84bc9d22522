#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what tobs needs on Debian 12: `setup.sh build` for building and
# running, `setup.sh check` for the tests as well (with the outside programs we
# test against, from npm), `setup.sh bench` for the measurements too. Does
# nothing when everything is there. Without root and sudo it prints what to
# install and fails.
set -eu
cd "$(dirname "$0")/.."

BUILD_PKGS='gcc g++ meson ninja-build pkgconf python3 libuv1-dev libssl-dev libsqlite3-dev zlib1g-dev
  libsimdjson-dev libpcre2-dev libqrencode-dev libcurl4-openssl-dev libmicrohttpd-dev'
CHECK_PKGS='clang clang-format curl openssl git pmccabe libcmocka-dev libcmark-dev libcmark-gfm-dev
  libcmark-gfm-extensions-dev python3-telethon zsh groff-base'
BENCH_PKGS='python3-python-telegram-bot'

what=${1:-build}
pkgs=$BUILD_PKGS
[ "$what" = build ] || pkgs="$pkgs $CHECK_PKGS"
[ "$what" = bench ] && pkgs="$pkgs $BENCH_PKGS"

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "setup: this is not Debian; install the equivalents of:" $pkgs >&2
  exit 0
fi

missing=
for p in $pkgs; do
  dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ]; then
    as_root=
  elif command -v sudo >/dev/null 2>&1; then
    as_root=sudo
  else
    echo "setup: these packages are missing and this is neither root nor is there sudo:" >&2
    echo "  apt-get install$missing" >&2
    exit 1
  fi
  echo "setup: installing$missing"
  export DEBIAN_FRONTEND=noninteractive
  # A fresh machine may have no package lists, or old ones.
  $as_root apt-get install -y --no-install-recommends $missing >/dev/null 2>&1 || {
    $as_root apt-get update >/dev/null
    $as_root apt-get install -y --no-install-recommends $missing >/dev/null
  }
fi

# Debian's nginx would start a server on this machine, so it is only unpacked; what
# it needs (PCRE2, zlib, OpenSSL, libcrypt) is here anyway.
if [ "$what" != build ] && ! command -v nginx >/dev/null 2>&1 && [ ! -x /usr/sbin/nginx ] &&
  [ ! -x build/nginx/usr/sbin/nginx ]; then
  echo "setup: unpacking nginx into build/nginx"
  mkdir -p build/nginx
  (cd build/nginx && apt-get download nginx >/dev/null 2>&1 && dpkg -x nginx_*.deb .) ||
    echo "setup: nginx could not be fetched; tests behind it will be skipped" >&2
fi

if [ "$what" != build ] && [ -f tests/peer/package-lock.json ]; then
  if ! command -v npm >/dev/null 2>&1; then
    echo "setup: npm is not here; tests against npm programs will be skipped" >&2
  elif [ ! -e tests/peer/node_modules/.package-lock.json ] ||
    [ tests/peer/package-lock.json -nt tests/peer/node_modules/.package-lock.json ]; then
    echo "setup: installing the npm programs we test against"
    (cd tests/peer && npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1) ||
      echo "setup: npm failed; tests against npm programs will be skipped" >&2
  fi
fi
