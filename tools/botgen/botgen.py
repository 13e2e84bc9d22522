#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Bot API's JSON schema → C.

    botgen.py OUTDIR

Reads the newest schema/botapi-*.json and writes below OUTDIR:

    include/tobs/botapi_types.h     an enum an enumeration, a struct a type
    include/tobs/botapi_methods.h   a struct of arguments a method, and a typed call
    src/botapi/gen/tables.c         one row a field: what decoder and encoder interpret

The generated files are checked in; `make check` verifies that they are up to date.
"""
import pathlib
import sys

import header
import model as schema
import tables


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    if len(sys.argv) != 2:
        sys.exit('usage: botgen.py OUTDIR')
    target = pathlib.Path(sys.argv[1])
    newest = sorted((root / 'schema').glob('botapi-*.json'),
                    key=lambda p: [int(n) for n in p.stem.split('-')[1].split('.')])[-1]
    model = schema.Model(newest)
    for rel, text in (('include/tobs/botapi_types.h', header.types_header(model)),
                      ('include/tobs/botapi_methods.h', header.methods_header(model)),
                      ('src/botapi/gen/tables.c', tables.tables_source(model))):
        path = target / rel
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == '__main__':
    main()
