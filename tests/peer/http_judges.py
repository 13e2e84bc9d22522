#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""HTTP against other people's: our server asked by Python's clients and by curl,
our client against Python's server.

usage: http_judges.py SERVER CLIENT (http_echo.c, http_fetch.c)
"""
import http.client
import http.server
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

SERVER, CLIENT = sys.argv[1:3]
CONTENT = bytes(i * 7 % 256 for i in range(1 << 20))


def check(what, have, want):
    if have != want:
        sys.exit(f'{what}: {str(have)[:200]!r} instead of {str(want)[:200]!r}')


class Echo:
    """Our server, in a process of its own."""

    def __init__(self, *args):
        self.process = subprocess.Popen([SERVER, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        check('the end of the server', self.process.wait(30), 0)


def ask_by_http_client(port):
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=30)

    def ask(method, path, body=None, headers={}, **more):
        c.request(method, path, body, headers, **more)
        answer = c.getresponse()
        return answer, answer.read()

    for _ in range(3):
        answer, body = ask('POST', '/echo', b'x' * 100000)
        check('POST', (answer.status, body), (200, b'x' * 100000))
    answer, body = ask('PUT', '/echo', iter([b'a' * 10, b'', b'b' * 70000]), encode_chunked=True,
                       headers={'Transfer-Encoding': 'chunked'})
    check('PUT in chunks', (answer.status, body), (200, b'a' * 10 + b'b' * 70000))
    answer, body = ask('GET', '/head?a=%20', headers={'X-One': '1', 'X-Two': 'zw\xf6lf'})
    check('GET', answer.status, 200)
    check('head', body.startswith(b'GET /head?a=%20\n') and b'X-Two: zw\xf6lf\n' in body, True)
    answer, body = ask('GET', '/pieces')
    check('chunks', (answer.getheader('Transfer-Encoding'), body),
          ('chunked', b''.join(b'line %d\n' % i for i in range(1000))))
    answer, body = ask('HEAD', '/file')
    check('HEAD', (answer.getheader('Content-Length'), body), (str(len(CONTENT)), b''))
    answer, body = ask('GET', '/file', headers={'Range': 'bytes=100-299'})
    check('Range', (answer.status, answer.getheader('Content-Range'), body),
          (206, f'bytes 100-299/{len(CONTENT)}', CONTENT[100:300]))
    answer, body = ask('DELETE', '/echo')
    check('DELETE', (answer.status, answer.getheader('Allow')), (405, 'POST, PUT'))
    answer, body = ask('GET', '/fail')
    check('fail', answer.status, 500)
    answer, body = ask('GET', '/wait')
    check('wait', body, b'waited')
    c.close()


def ask_by_urllib(port):
    with urllib.request.urlopen(f'http://127.0.0.1:{port}/file') as answer:
        check('urllib', answer.read(), CONTENT)
    try:
        urllib.request.urlopen(f'http://127.0.0.1:{port}/none')
        sys.exit('urllib: no 404')
    except urllib.error.HTTPError as e:
        check('urllib', e.code, 404)


def ask_by_many(port):
    """Twenty at once, each on a connection it keeps."""
    failures = []

    def ask(i):
        c = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
        for j in range(20):
            text = f'{i} {j}'.encode() * 1000
            c.request('POST', '/echo', text)
            if c.getresponse().read() != text:
                failures.append((i, j))
        c.close()

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(20)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check('many', failures, [])


def curl(*args, code=0):
    run = subprocess.run(['curl', '-sS', '-m', '30', '--noproxy', '*', *args], capture_output=True)
    check(f'curl {args}: {run.stderr}', run.returncode, code)
    return run.stdout


def ask_by_curl(port, folder):
    base = f'http://127.0.0.1:{port}'
    check('curl', curl(f'{base}/file'), CONTENT)
    check('curl', curl('-d', 'hello', f'{base}/echo'), b'hello')
    check('curl', curl('-o', os.devnull, '-w', '%{http_code}', '-I', f'{base}/head'), b'200')
    big = os.path.join(folder, 'big')
    with open(big, 'wb') as f:
        f.write(CONTENT * 4)
    # With "Expect: 100-continue", and in chunks.
    check('curl -T', curl('-T', big, f'{base}/echo'), CONTENT * 4)
    check('curl -T in chunks', curl('-H', 'Transfer-Encoding: chunked', '-T', big, f'{base}/echo'), CONTENT * 4)
    with open(big, 'wb') as f:
        f.write(CONTENT * 9)
    check('too large', curl('-o', os.devnull, '-w', '%{http_code}', '-T', big, f'{base}/echo'), b'413')
    check('resumed', curl('-C', '1000000', f'{base}/file'), CONTENT[1000000:])
    # Several on one connection, and HTTP/1.0.
    check('kept', curl('-w', '%{num_connects}', f'{base}/wait', f'{base}/wait'), b'waited1waited0')
    check('1.0', curl('-0', f'{base}/pieces').count(b'\n'), 1000)


def ask_over_tls(port, cert):
    context = ssl.create_default_context(cafile=cert)
    c = http.client.HTTPSConnection('localhost', port, timeout=30, context=context)
    for _ in range(3):
        c.request('POST', '/echo', CONTENT)
        check('TLS', c.getresponse().read(), CONTENT)
    c.close()
    if shutil.which('curl'):
        check('curl, TLS', curl('--cacert', cert, '-d', 'hello', f'https://localhost:{port}/echo'), b'hello')
        curl(f'https://localhost:{port}/echo', code=60)  # CURLE_PEER_FAILED_VERIFICATION


def make_certificate(folder):
    cert, key = os.path.join(folder, 'cert.pem'), os.path.join(folder, 'key.pem')
    run = subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                          '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=test',
                          '-addext', 'subjectAltName=DNS:localhost'], capture_output=True)
    check(f'openssl: {run.stderr}', run.returncode, 0)
    return cert, key


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def answer(self, status, body, chunked=False):
        self.send_response(status)
        if chunked:
            self.send_header('Transfer-Encoding', 'chunked')
        else:
            self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command == 'HEAD':
            return
        for at in range(0, len(body), 1000) if chunked else []:
            piece = body[at:at + 1000]
            self.wfile.write(b'%x\r\n%s\r\n' % (len(piece), piece))
        self.wfile.write(b'0\r\n\r\n' if chunked else body)

    def do_GET(self):
        if self.path == '/big':
            self.answer(200, b'z' * 500000)
        elif self.path == '/chunks':
            self.answer(200, b'c' * 12345, chunked=True)
        else:
            self.answer(404, b'none')

    do_HEAD = do_GET

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.answer(201, body + self.headers['User-Agent'].encode())


def fetch(engine, lines, *more):
    run = subprocess.run([CLIENT, engine, *more], input='\n'.join(lines).encode(), capture_output=True)
    check(f'our client: {run.stderr}', run.returncode, 0)
    return run.stdout


def serve_our_client(wrap=None, ca=()):
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    scheme, host = 'http', '127.0.0.1'
    if wrap:
        server.socket = wrap.wrap_socket(server.socket, server_side=True)
        scheme, host = 'https', 'localhost'
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    base = f'{scheme}://{host}:{server.server_port}'
    for engine in ('own', 'curl'):
        out = fetch(engine, [f'GET {base}/big', f'GET {base}/chunks', f'HEAD {base}/big', f'POST {base}/ hello',
                             f'GET {base}/none'], *ca)
        check(f'our client, {engine}', out, b'200 500000\n' + b'z' * 500000 + b'\n200 12345\n' + b'c' * 12345 +
              b'\n200 0\n\n201 15\nhellotobs/0.1.0\n404 4\nnone\n')
    server.shutdown()
    thread.join()
    server.server_close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'file')
        with open(path, 'wb') as f:
            f.write(CONTENT)
        with Echo(path) as echo:
            ask_by_http_client(echo.port)
            ask_by_urllib(echo.port)
            ask_by_many(echo.port)
            if shutil.which('curl'):
                ask_by_curl(echo.port, folder)
            idle = socket.create_connection(('127.0.0.1', echo.port))
        check('an idle connection at the end', idle.recv(1), b'')
        idle.close()
        serve_our_client()
        if shutil.which('openssl'):
            cert, key = make_certificate(folder)
            with Echo(path, cert, key) as echo:
                ask_over_tls(echo.port, cert)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            serve_our_client(context, (cert,))


main()
