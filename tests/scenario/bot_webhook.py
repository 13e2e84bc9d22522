# SPDX-License-Identifier: MIT
"""A webhook that the whole world can reach: strangers, nonsense, masses; and the updates that come through all the same."""
import http.client
import json
import pathlib
import re
import resource
import signal
import socket

import story
from bot_stage import Stage

SECRET = 'a-secret-of-the-webhook'
BODY_MAX = 4 << 20  # bot/webhook.h, WEBHOOK_BODY
IDLE = 10000        # net/http_server.h, HTTP_SERVER_CONNECTIONS


def hooked(place, **env):
    """A bot behind a webhook, and where that is."""
    stage = Stage(place)
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        stage.port = s.getsockname()[1]
    stage.process = stage.bot(BOT_WEBHOOK_PORT=str(stage.port), BOT_SECRET=SECRET, **env)
    stage.say('ada', 'hello')
    assert stage.hear('ada') == ['echo: hello']
    return stage


def update(number, text, user=501):
    return json.dumps({'update_id': number, 'message': {
        'message_id': number, 'date': 1700000000, 'text': text, 'chat': {'id': user, 'type': 'private', 'first_name': 'Ada'},
        'from': {'id': user, 'is_bot': False, 'first_name': 'Ada'}}}).encode()


def ask(stage, method='POST', body=b'', secret=SECRET, path='/hook'):
    connection = http.client.HTTPConnection('127.0.0.1', stage.port, timeout=story.PATIENCE)
    try:
        headers = {'Content-Type': 'application/json'}
        if secret is not None:
            headers['X-Telegram-Bot-Api-Secret-Token'] = secret
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def works(stage, text):
    stage.say('ada', text)
    assert stage.hear('ada') == ['echo: ' + text], stage.log()


def test_strangers(place):
    stage = hooked(place)
    for secret in (None, '', 'wrong', SECRET[:-1], SECRET + 'x', SECRET.upper()):
        assert ask(stage, body=update(9000001, 'from a stranger'), secret=secret) == 401, secret
    assert ask(stage, body=update(9000001, 'elsewhere'), path='/other') == 404
    assert ask(stage, 'GET') == 405
    assert ask(stage, 'PUT', update(9000001, 'put')) == 405
    works(stage, 'after the strangers')
    assert stage.hear('ada', wait=300) == [], 'none of it was handled'
    stage.safe()


def test_nonsense(place):
    stage = hooked(place)
    for body in (b'', b'{', b'null', b'[]', b'{"update_id": "x"}', b'\xff\xfe', b'{"message": {}}', b'[' * 100000):
        assert ask(stage, body=body) in (200, 400), body[:20]
    with socket.create_connection(('127.0.0.1', stage.port)) as s:
        s.settimeout(story.PATIENCE)
        s.sendall(b'POST /hook HTTP/1.1\r\nHost: localhost\r\nX-Telegram-Bot-Api-Secret-Token: ' + SECRET.encode() +
                  b'\r\nContent-Length: ' + str(BODY_MAX + 1).encode() + b'\r\n\r\n')
        assert b' 413 ' in s.recv(4096).split(b'\r\n')[0], 'a body that is announced as too large'
    assert ask(stage, body=update(9000002, 'sent by hand')) == 200
    assert stage.hear('ada') == ['echo: sent by hand']
    assert ask(stage, body=update(9000002, 'sent by hand')) == 200, 'a repetition is taken, and not handled'
    works(stage, 'after the nonsense')
    stage.reads('is no update')
    stage.safe()


def test_requests_behind_one_another(place):
    stage = hooked(place)
    with socket.create_connection(('127.0.0.1', stage.port)) as s:
        s.settimeout(story.PATIENCE)
        for number in range(3):
            body = update(9000010 + number, f'pipelined {number}')
            s.sendall(b'POST /hook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
                      b'X-Telegram-Bot-Api-Secret-Token: ' + SECRET.encode() +
                      b'\r\nContent-Length: ' + str(len(body)).encode() + b'\r\n\r\n' + body)
        got = b''
        while got.count(b'HTTP/1.1 200') < 3:
            more = s.recv(4096)
            assert more, got
            got += more
    assert stage.hear('ada', 3) == [f'echo: pipelined {i}' for i in range(3)]
    stage.safe()


def memory(process):
    """What a process holds, in KiB."""
    return int(re.search(r'VmRSS:\s+(\d+)', pathlib.Path(f'/proc/{process.pid}/status').read_text()).group(1))


def idle(stage, count):
    connections = []
    for _ in range(count):
        s = socket.create_connection(('127.0.0.1', stage.port))
        connections.append(s)
    return connections


def test_ten_thousand_idle_connections(place):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < IDLE + 1000:
        raise story.Skip(f'only {hard} files may be open here')
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, IDLE + 1000), hard))
    # What is free again is to be free again, also with a sanitizer.
    stage = hooked(place, ASAN_OPTIONS=place.env.get('ASAN_OPTIONS', '') + ':quarantine_size_mb=1')
    # Some room for Telegram's own connections.
    held = []
    for _ in range(5):
        connections = idle(stage, IDLE - 100)
        works(stage, f'beside {len(connections)} connections')
        held.append(memory(stage.process))
        for s in connections:
            s.close()
        works(stage, 'when they are gone')
    # What the first rounds took is kept for the next; it does not grow.
    assert held[-1] < held[-2] * 1.02 + 1024, held
    print(f'# KiB with {IDLE - 100} idle connections, again and again: {held}', flush=True)
    stage.process.send_signal(signal.SIGTERM)
    assert stage.process.wait(timeout=story.PATIENCE) == 0
    stage.safe()


story.main()
