# SPDX-License-Identifier: MIT
"""Telethon as a client of the simulator: an older key exchange and an older layer.

Reads a task, one JSON object, from standard input and answers with one on
standard output:

    host, dc, port, key     the simulator's DC and public key (PEM file)
    api_id, api_hash        the application
    connection              the name of one of Telethon's transports

Debian's Telethon encrypts p_q_inner_data with its SHA-1 in front (before
RSA_PAD), and speaks layer 144; of that the simulator knows the answer to
help.getConfig, which is what a client asks for first.
"""
import asyncio
import json
import pathlib
import sys

from telethon import TelegramClient, errors, functions, network, sessions
from telethon.crypto import rsa
from telethon.tl import alltlobjects


async def run(task):
    # No keys of Telegram's: what is not the simulator is no server.
    rsa._server_keys.clear()
    rsa.add_key(pathlib.Path(task['key']).read_text(), old=True)
    session = sessions.MemorySession()
    session.set_dc(task['dc'], task['host'], task['port'])
    client = TelegramClient(session, task['api_id'], task['api_hash'], connection=getattr(network, task['connection']),
                            connection_retries=1, request_retries=1)
    await client.connect()
    try:
        config = await client(functions.help.GetConfigRequest())
        nearest = await client(functions.help.GetNearestDcRequest())
        refused = None
        try:
            await client(functions.auth.ExportAuthorizationRequest(dc_id=1))
        except errors.RPCError as error:
            refused = type(error).__name__
        return {
            'layer': alltlobjects.LAYER,
            'this_dc': config.this_dc,
            'dcs': [[one.id, one.ip_address, one.port] for one in config.dc_options],
            'date': config.date.timestamp(),
            'megagroup_size_max': config.megagroup_size_max,
            'message_length_max': config.message_length_max,
            'nearest': nearest.nearest_dc,
            'refused': refused,
            'key': client.session.auth_key.key_id,
        }
    finally:
        await client.disconnect()


json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)
