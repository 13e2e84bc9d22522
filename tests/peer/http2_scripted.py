#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Our client against an HTTP/2 server (RFC 9113) that does what a script says:
answers, refuses a stream unseen, says goodbye, or hangs up. What may not be sent
twice is sent by HTTP/1.1, and then it is such a server.

usage: http2_scripted.py CLIENT (http_fetch.c)
"""
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

CLIENT = sys.argv[1]
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1
REFUSED_STREAM = 7
STATUS_200 = b'\x88'  # RFC 7541, appendix A


def check(what, have, want):
    if have != want:
        sys.exit(f'{what}: {str(have)[:300]!r} instead of {str(want)[:300]!r}')


class Server:
    def __init__(self, context, steps):
        self.steps, self.asked, self.connections, self.spoken = list(steps), 0, 0, []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.context = context
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(plain,), daemon=True).start()

    def serve(self, plain):
        try:
            with self.context.wrap_socket(plain, server_side=True) as s:
                self.connections += 1
                if s.selected_alpn_protocol() == 'h2':
                    self.frames(s)
                else:
                    self.lines(s)
        except (OSError, EOFError):
            pass

    @staticmethod
    def read(s, n):
        data = b''
        while len(data) < n:
            more = s.recv(n - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    @staticmethod
    def send(s, kind, flags, stream, payload=b''):
        s.sendall(struct.pack('>I', len(payload))[1:] + struct.pack('>BBI', kind, flags, stream) + payload)

    def frames(self, s):
        check('the preface', self.read(s, 24), b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
        self.send(s, SETTINGS, 0, 0)
        while True:
            head = self.read(s, 9)
            length = int.from_bytes(head[:3], 'big')
            kind, flags, stream = struct.unpack('>BBI', head[3:])
            payload = self.read(s, length)
            if kind == SETTINGS and not flags & ACK:
                self.send(s, SETTINGS, ACK, 0)
            elif kind == PING and not flags & ACK:
                self.send(s, PING, ACK, 0, payload)
            elif kind in (HEADERS, DATA) and flags & END_STREAM:
                if not self.answer(s, stream):
                    return

    def lines(self, s):
        while True:
            text = b''
            while not text.endswith(b'\r\n\r\nhello'):
                text += self.read(s, 1)
            step = self.steps.pop(0)
            self.asked += 1
            self.spoken.append('1.1')
            if step == 'die':
                return
            answer = b'answer %d' % self.asked
            s.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s' % (len(answer), answer))

    def answer(self, s, stream):
        self.spoken.append('2')
        step = self.steps.pop(0)
        self.asked += 1
        if step == 'ok':
            self.send(s, HEADERS, END_HEADERS, stream, STATUS_200)
            self.send(s, DATA, END_STREAM, stream, b'answer %d' % self.asked)
        elif step == 'refuse':
            self.send(s, RST_STREAM, 0, stream, struct.pack('>I', REFUSED_STREAM))
        elif step == 'goodbye':  # nothing of this stream was looked at
            self.send(s, GOAWAY, 0, 0, struct.pack('>II', stream - 2 if stream > 1 else 0, 0))
        elif step == 'break':
            self.send(s, RST_STREAM, 0, stream, struct.pack('>I', 2))  # INTERNAL_ERROR
        return step != 'die'


def run(context, cert, steps, lines, want, asked):
    server = Server(context, steps)
    lines = [line.replace('URL', f'https://localhost:{server.port}/bot1:SECRET/x') for line in lines]
    out = subprocess.run([CLIENT, 'curl', cert], input='\n'.join(lines).encode(), capture_output=True, timeout=60)
    server.listener.close()
    check(f'{steps}: {out.stderr}', out.returncode, 0)
    have = [line for line in out.stdout.decode().split('\n') if line]
    check(f'{steps}: lines {have}', len(have), len(want))
    for i, line in enumerate(want):
        check(f'{steps}: line {i}', have[i][:len(line)], line)
    check(f'{steps}: the secret', 'SECRET' in out.stdout.decode(), False)
    check(f'{steps}: requests', server.asked, asked)
    return server


def main():
    if not shutil.which('openssl'):
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        cert, key = os.path.join(folder, 'cert.pem'), os.path.join(folder, 'key.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                        '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=test',
                        '-addext', 'subjectAltName=DNS:localhost'], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        context.set_alpn_protocols(['h2'])
        get, post = 'GET URL', 'POST URL hello'

        server = run(context, cert, ['ok'] * 3, [get] * 3,
                     ['200 8', 'answer 1', '200 8', 'answer 2', '200 8', 'answer 3'], 3)
        check('connections', (server.connections, server.spoken), (1, ['2'] * 3))
        server = run(context, cert, ['ok'] * 3, [get, post, post],
                     ['200 8', 'answer 1', '200 8', 'answer 2', '200 8', 'answer 3'], 3)
        check('connections', (server.connections, server.spoken), (2, ['2', '1.1', '1.1']))
        # Refused unseen, or lost with a connection that was kept: made again.
        run(context, cert, ['refuse', 'ok'], [get], ['200 8', 'answer 2'], 2)
        for step in ('refuse', 'goodbye', 'break', 'die'):
            run(context, cert, ['ok', step, 'ok'], [get, get], ['200 8', 'answer 1', '200 8', 'answer 3'], 3)
        # Lost with the first.
        for step in ('goodbye', 'break', 'die'):
            run(context, cert, [step, 'ok'], [get, get], ['TOBS_ENET', '200 8', 'answer 2'], 2)
        # Not made again.
        run(context, cert, ['ok', 'die', 'ok'], [post, post, post],
            ['200 8', 'answer 1', 'TOBS_ENET', '200 8', 'answer 3'], 3)


main()
