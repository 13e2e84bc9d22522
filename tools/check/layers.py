#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks who includes whom.

LAYERS is the architecture: each folder of src/ and the folders it may include
from. SYSTEM_ONLY names the folders or files that alone may include a library's
header. docs/architecture.md explains both. An include not allowed is an error.
"""
import pathlib
import re
import sys

LAYERS = {
    'base': '',
    'crypto': 'base',
    'tl': 'base',
    'mtproto': 'base crypto tl',
    'md': 'base',
    'rt': 'base',
    'net': 'base rt',
    'flow': 'base rt',
    'store': 'base rt',
    'client': 'base crypto tl mtproto rt net flow store',
    'botapi': 'base rt net flow',
    'bot': 'base md rt net flow store botapi',
    'media': 'base rt',
    'archive': 'base rt store',
    'export': 'base md rt flow client media archive tl',
    'ops': 'base rt net flow store',
    'sim': 'base crypto tl mtproto md rt net botapi',
    'testkit': 'base rt net store botapi bot sim',
    'cli': 'base crypto tl mtproto md rt net flow store client botapi bot media archive export ops sim',
}

# header prefix: the places that may include it
SYSTEM_ONLY = {
    'uv.h': ['src/rt/'],
    'openssl/': ['src/crypto/', 'src/net/tls'],
    'sqlite3.h': ['src/store/'],
    'hiredis': ['src/store/'],
    'libpq': ['src/store/'],
    'curl/': ['src/net/'],
    'microhttpd.h': ['src/net/'],
    'simdjson.h': ['src/base/json_shim.cpp'],
    'zlib.h': ['src/base/'],
    'pcre2.h': ['src/bot/regex.c'],
    'qrencode.h': ['src/cli/'],
}

# Public headers are seen by every layer; those of a higher layer may not be.
PUBLIC = {
    'attr.h': 'base', 'err.h': 'base', 'view.h': 'base', 'buf.h': 'base', 'arena.h': 'base',
    'log.h': 'base', 'rt.h': 'rt', 'tl.h': 'tl', 'tl_types.h': 'tl', 'tl_ids.h': 'tl',
    'input_file.h': 'botapi', 'botapi.h': 'botapi', 'botapi_types.h': 'botapi', 'botapi_methods.h': 'botapi',
    'methods.h': 'client', 'client.h': 'client', 'bot.h': 'bot', 'middleware.h': 'bot', 'text.h': 'bot', 'keyboard.h': 'bot', 'data.h': 'bot', 'conversation.h': 'bot', 'test.h': 'testkit',
    'version.h': 'base',
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def check(root):
    errors = []
    for path in sorted((root / 'src').rglob('*')):
        if path.suffix not in ('.c', '.h', '.cpp'):
            continue
        rel = path.relative_to(root).as_posix()
        layer = rel.split('/')[1]
        if layer not in LAYERS:
            errors.append(f'{rel}: src/{layer}/ is not a layer named in tools/check/layers.py')
            continue
        allowed = set(LAYERS[layer].split()) | {layer}
        for kind, name in INCLUDE.findall(path.read_text()):
            first = name.split('/')[0]
            if kind == '"' and first in LAYERS and first not in allowed:
                errors.append(f'{rel}: {layer} may not include "{name}"')
            if kind == '"' and '/' not in name and name != 'tobs_config.h':
                errors.append(f'{rel}: write "{layer}/{name}", paths start at src/')
            if first == 'tobs':
                owner = PUBLIC.get(name.split('/', 1)[1])
                if owner is None:
                    errors.append(f'{rel}: <{name}> is not listed in tools/check/layers.py')
                elif owner not in allowed and layer != owner:
                    errors.append(f'{rel}: {layer} may not include <{name}> of layer {owner}')
            for prefix, places in SYSTEM_ONLY.items():
                if kind == '<' and name.startswith(prefix) and not any(map(rel.startswith, places)):
                    errors.append(f'{rel}: only {" and ".join(places)} may include <{name}>')
    for path in sorted((root / 'include').rglob('*.h')):
        rel = path.relative_to(root).as_posix()
        for kind, name in INCLUDE.findall(path.read_text()):
            if kind == '"':
                errors.append(f'{rel}: a public header may include <tobs/…> and standard headers only')
    return errors


if __name__ == '__main__':
    found = check(pathlib.Path(__file__).resolve().parents[2])
    print('\n'.join(found))
    sys.exit(bool(found))
