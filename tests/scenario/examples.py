# SPDX-License-Identifier: MIT
"""The bots of examples/, as programs of their own: people talk with them through a simulated Telegram."""
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

import story

FOLDER = pathlib.Path(os.environ['TOBS_EXAMPLES'])
SOON_MS = 60000


class Talk:
    """A simulator, one of the bots, and Ann, who talks with it."""

    def __init__(self, place, name, *args, env=None):
        self.place = place
        self.told = place.sim('--synthetic', 'plain,messages=3', '--bot-api', '0', '--control', '0', *args)
        self.bot = next(a for a in self.told['accounts'] if 'token' in a)
        self.ann = next(a for a in self.told['accounts'] if 'code' in a)['id']
        self.at = 0
        self.log = place.path / 'bot.log'
        more = {'BOT_TOKEN': self.bot['token'], 'BOT_API_ROOT': self.told['bot_api'], **(env or {})}
        self.process = subprocess.Popen([FOLDER / f'example_{name}'], cwd=place.cwd, env={**place.env, **more},
                                        stderr=open(self.log, 'w'))
        place.stack.callback(story.stop, self.process)

    def do(self, **command):
        return self.place.tell_sim(self.told, by=self.ann, chat=self.bot['id'], **command)

    def say(self, text):
        self.do(do='say', text=text)

    def post(self, **message):
        self.place.tell_sim(self.told, do='post', chat=self.bot['id'], message={'from': self.ann, **message})

    def hear(self):
        """What the bot says next: messages, oldest first."""
        answer = self.do(do='hear', after=self.at, wait=SOON_MS)
        self.at = answer['at']
        assert answer['heard'], self.log.read_text()
        return answer['heard']

    def says(self, *parts):
        heard = self.hear()
        text = str(heard)
        assert all(part in text for part in parts), (parts, heard, self.log.read_text())
        return heard

    def stop(self):
        self.process.terminate()
        assert self.process.wait(story.PATIENCE) == 0, self.log.read_text()


def test_bot(place):
    talk = Talk(place, 'bot')
    talk.say('/start')
    talk.says('Hello, ')
    talk.stop()


def test_echo(place):
    talk = Talk(place, 'echo')
    talk.say('hello')
    talk.says('hello')
    talk.post(media={'_': 'messageMediaGeo', 'geo': [52.5, 13.4]})
    talk.says('messageMediaGeo')
    talk.say('/help')
    talk.says('Say something')
    talk.stop()


def test_media(place):
    talk = Talk(place, 'media')
    talk.say('/start')
    talk.says('Send me a photo')
    place.tell_sim(talk.told, do='file', file={'key': 'hen', 'kind': 'photo', 'width': 320, 'height': 200,
                                              'path': str(story.ROOT / 'examples/world/media/bee.webp')})
    talk.post(photo='hen', text='my hen')
    talk.says('messageMediaDocument', 'my hen')
    text = place.write('notes.txt', 'one two\nthree\n')
    place.tell_sim(talk.told, do='file', file={'key': 'notes', 'kind': 'file', 'name': 'notes.txt', 'path': str(text)})
    talk.post(file='notes')
    talk.says('messageMediaDocument')
    talk.stop()


def test_shop(place):
    talk = Talk(place, 'shop', env={'PROVIDER_TOKEN': '1:TEST:1'})
    talk.say('/start')
    talk.says('What would you like?', 'Mug')
    talk.do(do='press', button='buy:mug')
    talk.says('Pay EUR 1250')
    home = {'_': 'postAddress', 'street_line1': 'Am Markt 1', 'street_line2': '', 'city': 'Bremen', 'state': '',
            'country_iso2': 'DE', 'post_code': '28195'}
    assert talk.do(do='pay', address=home, option='bike')['paid']
    talk.says('It goes to Bremen by bike, order 1.')
    talk.stop()


class Hook(Talk):
    """One that is called; Telegram calls `url`."""

    def __init__(self, place, url, port, certificate=None, **env):
        super().__init__(place, 'webhook', env={'WEBHOOK_URL': url, 'PORT': str(port), **env})
        self.url, self.certificate = url, certificate

    def wait_until_set(self):
        """Until it has told Telegram where to call."""
        end = time.monotonic() + story.PATIENCE
        while self.info()['url'] != self.url:
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()
            time.sleep(0.02)

    def info(self):
        with urllib.request.urlopen(f'{self.told["bot_api"]}/bot{self.bot["token"]}/getWebhookInfo') as answer:
            return json.load(answer)['result']

    def call(self, headers=None):
        """Somebody else calls it; the status of the answer."""
        trust = ssl.create_default_context(cafile=self.certificate) if self.certificate else None
        request = urllib.request.Request(self.url, b'{"update_id":1}', {'Content-Type': 'application/json', **(headers or {})})
        try:
            return urllib.request.urlopen(request, context=trust).status
        except urllib.error.HTTPError as e:
            with e:
                return e.code

    def talk(self):
        self.wait_until_set()
        for n in range(3):
            self.say(f'/ping {n}')
            self.says(f'pong {n}')
        self.say('/start')
        self.says('You have called me at ' + self.url)
        # Nobody but Telegram is believed.
        assert self.call() in (401, 403), self.log.read_text()
        assert self.call({'X-Telegram-Bot-Api-Secret-Token': 'guess'}) in (401, 403)
        self.stop()


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as free:
        return free.getsockname()[1]


def certificate(place):
    if not shutil.which('openssl'):
        raise story.Skip('openssl is not here, to make a certificate')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1',
                    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', 'key.pem', '-out', 'cert.pem'],
                   cwd=place.cwd, check=True, capture_output=True)
    return str(place.cwd / 'cert.pem'), str(place.cwd / 'key.pem')


def test_webhook_with_tls_of_its_own(place):
    cert, key = certificate(place)
    port = free_port()
    hook = Hook(place, f'https://127.0.0.1:{port}/hook', port, cert, TLS_CERT=cert, TLS_KEY=key, SEND_CERT='1')
    hook.wait_until_set()
    assert hook.info()['has_custom_certificate']
    hook.talk()


def test_webhook_behind_something(place):
    """Plain HTTP, from whatever speaks TLS in front."""
    port = free_port()
    Hook(place, f'http://127.0.0.1:{port}/hook', port).talk()


NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{outer};
        location = /hook {{ proxy_pass http://127.0.0.1:{inner}; }}
    }}
}}
"""


def test_webhook_behind_nginx(place):
    nginx = story.nginx()
    inner, outer = free_port(), free_port()
    conf = place.write('nginx.conf', NGINX.format(folder=place.cwd, outer=outer, inner=inner))
    process = subprocess.Popen([nginx, '-p', str(place.cwd), '-c', str(conf)], stderr=open(place.path / 'nginx.log', 'w'))
    place.stack.callback(story.stop, process)
    Hook(place, f'http://127.0.0.1:{outer}/hook', inner).talk()


story.main()
