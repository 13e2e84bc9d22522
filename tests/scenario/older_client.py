# SPDX-License-Identifier: MIT
"""Telethon of 2022: the key exchange before RSA_PAD, an older layer, and its transports, against the simulator."""
import json
import subprocess
import time

import story

CLIENT = story.ROOT / 'tests' / 'peer' / 'telethon_client.py'
PYTHON = '/usr/bin/python3'  # Debian's, which has Debian's Telethon


def telethon(told, dc, **task):
    found = subprocess.run([PYTHON, '-c', 'import telethon'], capture_output=True)
    if found.returncode:
        raise story.Skip('Telethon is not here: apt-get install python3-telethon')
    given = {'host': told['host'], 'dc': dc['id'], 'port': dc['port'], 'key': told['key'], 'api_id': told['api_id'],
             'api_hash': told['api_hash']}
    done = subprocess.run([PYTHON, str(CLIENT)], input=json.dumps({**given, **task}), capture_output=True, text=True,
                          timeout=story.PATIENCE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_key_exchange_and_configuration(place):
    told = place.sim('--synthetic', 'plain')
    keys = set()
    connections = ['ConnectionTcpFull', 'ConnectionTcpAbridged', 'ConnectionTcpIntermediate', 'ConnectionTcpObfuscated']
    for connection, dc in zip(connections, told['dcs']):
        answer = telethon(told, dc, connection=connection)
        assert answer['layer'] == 144, answer
        assert answer['this_dc'] == dc['id'] and answer['nearest'] == told['home_dc'], answer
        assert answer['dcs'] == [[one['id'], told['host'], one['port']] for one in told['dcs']], answer
        assert abs(answer['date'] - time.time()) < story.PATIENCE, answer
        assert answer['message_length_max'] == 4096 and answer['megagroup_size_max'] > 1000, answer
        assert answer['refused'] == 'AuthKeyUnregisteredError', answer
        keys.add(answer['key'])
    assert len(keys) == len(connections), 'each made a key of its own'


story.main()
