# SPDX-License-Identifier: MIT
"""What Telethon takes for the same work; arguments and answers as in mtcute.mjs.

    ige                     AES-256-IGE of 1 MiB
    connect TASK            a connection, a key and the first call, in ms

The Telethon of Debian speaks an older layer than the simulator serves, so it has
no part in the rows about messages."""
import asyncio
import json
import sys
import time

import rsa
from telethon import TelegramClient
from telethon.crypto import AES
from telethon.crypto import rsa as keys
from telethon.sessions import MemorySession


def ige():
    """The best of some tries, a second each."""
    data, key, iv, best = bytes(1 << 20), bytes(32), bytes(32), 0
    for _ in range(4):
        began, rounds = time.perf_counter(), 0
        while time.perf_counter() - began < 1:
            AES.decrypt_ige(data, key, iv)
            rounds += 1
        best = max(best, rounds / (time.perf_counter() - began))
    return {'mib_s': best}


async def connect(task):
    key = rsa.PublicKey.load_pkcs1(open(task['key']).read().encode())
    keys._server_keys.clear()
    keys._server_keys[keys._compute_fingerprint(key)] = (key, False)
    session = MemorySession()
    session.set_dc(task['dc'], task['host'], task['port'])
    client = TelegramClient(session, task['api_id'], task['api_hash'], receive_updates=False)
    began = time.perf_counter()
    await client.connect()  # calls help.getConfig when there is a key
    took = time.perf_counter() - began
    await client.disconnect()
    return {'connect_ms': took * 1e3}


if sys.argv[1] == 'ige':
    print(json.dumps(ige()))
else:
    print(json.dumps(asyncio.run(connect(json.loads(sys.argv[2])))))
