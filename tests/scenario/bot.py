# SPDX-License-Identifier: MIT
"""tobs bot: somebody looks after a bot from the shell."""
import http.server
import json
import signal
import subprocess
import threading

import story


class Bot:
    """A simulated Telegram, a bot in it, and somebody who talks with it."""

    def __init__(self, place):
        self.place = place
        self.told = place.sim('--synthetic', 'plain,messages=3', '--bot-api', '0', '--control', '0')
        self.bot = next(a for a in self.told['accounts'] if 'token' in a)
        self.ann = next(a for a in self.told['accounts'] if 'code' in a)
        self.env = {'BOT_TOKEN': self.bot['token'], 'BOT_API_ROOT': self.told['bot_api']}

    def run(self, *args, env=None, **more):
        result = self.place.run('bot', *args, env={**self.env, **(env or {})}, **more)
        secret = self.bot['token'].split(':')[1]
        assert secret not in result.out + result.err, result
        return result

    def say(self, text):
        self.place.tell_sim(self.told, do='say', by=self.ann['id'], chat=self.bot['id'], text=text)

    def texts(self, result):
        return [json.loads(line)['message']['text'] for line in result.out.splitlines()]


def test_who_it_is(place):
    bot = Bot(place)
    bot.run('me').is_(0).prints(str(bot.bot['id']), 'Sample Bot', '@sample_bot')
    me = json.loads(bot.run('me', '--json').is_(0).out)
    assert me['id'] == bot.bot['id'] and me['is_bot'], me


def test_check_says_what_a_bot_would_find(place):
    bot = Bot(place)
    bot.say('hello')
    checked = bot.run('check').is_(0)
    checked.prints(bot.told['bot_api'], '@sample_bot', 'none: updates are polled', '1 update\n', 'no menu')
    # Nothing was changed by it.
    assert bot.run('check').is_(0).out == checked.out


def test_updates_wait_until_they_are_confirmed(place):
    bot = Bot(place)
    for text in ('one', 'two\nlines', 'three'):
        bot.say(text)
    assert bot.texts(bot.run('updates').is_(0)) == ['one', 'two\nlines', 'three']
    # Whoever asks again at once may get one at a time.
    assert bot.texts(bot.run('updates').is_(0))[0] == 'one'
    assert bot.texts(bot.run('updates', '--confirm').is_(0)) == ['one', 'two\nlines', 'three']
    assert bot.run('updates').is_(0).out == ''


def test_what_was_not_printed_is_not_confirmed(place):
    bot = Bot(place)
    bot.say('one')
    with open('/dev/full', 'w') as full:
        done = subprocess.run([story.TOBS, 'bot', 'updates', '--confirm'], env={**place.env, **bot.env}, stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=story.PATIENCE)
    assert done.returncode == 1 and 'could not write' in done.stderr, done
    assert bot.texts(bot.run('updates').is_(0)) == ['one']


def test_more_than_an_answer_holds(place):
    bot = Bot(place)
    for n in range(103):
        bot.say(str(n))
    first = bot.run('updates').is_(0).says('the first 100')
    assert len(first.out.splitlines()) == 100
    assert bot.texts(bot.run('updates', '--confirm').is_(0)) == [str(n) for n in range(103)]


def test_following(place):
    bot = Bot(place)
    bot.run('updates', '--follow').is_(2).says('--confirm')
    process = place.start('bot', 'updates', '--follow', '--confirm', env=bot.env, stdout=subprocess.PIPE)
    place.stack.callback(story.stop, process)
    for text in ('one', 'two'):
        bot.say(text)
        assert json.loads(process.stdout.readline())['message']['text'] == text
    process.send_signal(signal.SIGINT)
    assert process.wait(story.PATIENCE) == 130
    process.stdout.close()


def test_sending(place):
    bot = Bot(place)
    bot.run('send', str(bot.ann['id']), 'hi').is_(1).says('chat not found')
    bot.say('/start')
    chat = str(bot.ann['id'])
    bot.run('send', chat, 'hi').is_(0).prints('Sent: message ', 'of chat ' + chat)
    sent = json.loads(bot.run('send', chat, '<b>bold</b>', '--parse', 'html', '--json').is_(0).out)
    assert sent['text'] == 'bold' and sent['entities'][0]['type'] == 'bold', sent
    sent = json.loads(bot.run('send', chat, '-', '--json', input='from\na pipe\n').is_(0).out)
    assert sent['text'] == 'from\na pipe', sent
    bot.run('send', chat, '*oops', '--parse', 'markdown').is_(1).says("can't parse entities")
    bot.run('send', chat).is_(2).says('TEXT is missing')
    bot.run('send').is_(2).says('CHAT is missing')
    bot.run('send', chat, 'two', 'words').is_(2).says('in quotes')
    bot.run('send', 'somebody', 'hi').is_(2).says('a number or @name')
    bot.run('send', '@nobody_of_that_name', 'hi').is_(1).says('chat not found')


def test_sending_files(place):
    bot = Bot(place)
    bot.say('/start')
    chat = str(bot.ann['id'])
    path = place.write('report.txt', 'all is well\n')
    sent = json.loads(bot.run('send', chat, 'see', '--file', str(path), '--json').is_(0).out)
    assert sent['document']['file_name'] == 'report.txt' and sent['caption'] == 'see', sent
    bot.run('send', chat, '--file', 'nothing.txt').is_(1).says('nothing.txt')


def test_the_webhook(place):
    bot = Bot(place)
    bot.run('webhook').is_(0).prints('none: updates are polled')
    bot.run('webhook', 'set', 'https://127.0.0.1:1/hook').is_(0).prints('https://127.0.0.1:1/hook')
    bot.run('updates').is_(1).says('409', 'a webhook takes this bot\'s updates: tobs bot webhook')
    bot.say('lost')
    assert json.loads(bot.run('webhook', 'info', '--json').is_(0).out)['url'] == 'https://127.0.0.1:1/hook'
    bot.run('webhook', 'delete', '--drop-pending').is_(0).prints('none: updates are polled')
    assert bot.run('updates').is_(0).out == ''
    bot.run('webhook', 'set').is_(2).says('URL is missing')
    bot.run('webhook', 'hm').is_(2).says('allowed is one of info, set, delete')
    bot.run('webhook', 'delete', 'x').is_(2).says('"x" is too much')
    bot.run('webhook', 'set', 'x', 'y').is_(2).says('"y" is too much')


def test_tokens(place):
    bot = Bot(place)
    bot.run('me', env={'BOT_TOKEN': ''}).is_(2).says('BOT_TOKEN', '--token-file', '@BotFather')
    bot.run('me', env={'BOT_TOKEN': '123:wrong'}).is_(4).says('401', 'the token is wrong, or was revoked')
    bot.run('me', env={'BOT_TOKEN': 'nonsense'}).is_(2).says('token')
    path = place.write('token', bot.bot['token'] + '\n')
    bot.run('me', '--token-file', str(path), env={'BOT_TOKEN': '123:wrong'}).is_(0).prints('@sample_bot')
    bot.run('me', '--token-file', 'nothing').is_(1).says('nothing')
    bot.run('me', '--token-file', str(place.write('empty', '\n'))).is_(2).says('holds no token')
    place.write('.env', f'BOT_TOKEN={bot.bot["token"]}\n')
    bot.run('me', env={'BOT_TOKEN': ''}).is_(0).prints('@sample_bot')


def test_the_way_there(place):
    bot = Bot(place)
    bot.run('me', '--api-root', 'http://127.0.0.1:1').is_(1).says('refused', '--api-root')
    bot.run('me', '--api-root', 'nowhere').is_(2)
    bot.run('me', '--proxy-type', 'mtproto', '--proxy-host', '127.0.0.1', '--proxy-port', '1').is_(2).says('HTTP')
    bot.run('me', '--proxy-type', 'socks5', '--proxy-host', '127.0.0.1', '--proxy-port', '1').is_(1).says('proxy')


def test_a_certificate(place):
    bot = Bot(place)
    bot.run('webhook', 'set', 'https://127.0.0.1:1/hook', '--certificate', str(place.write('cert.pem', 'PEM'))) \
        .is_(0).prints('certificate   of your own')


def test_what_is_no_bot_api_server(place):
    class Yes(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"ok":true,"result":true}')

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(('127.0.0.1', 0), Yes)
    place.stack.callback(server.server_close)
    place.stack.callback(server.shutdown)
    threading.Thread(target=server.serve_forever).start()
    env = {'BOT_TOKEN': '1:a', 'BOT_API_ROOT': f'http://127.0.0.1:{server.server_port}'}
    for args in (['me'], ['check'], ['webhook'], ['send', '1', 'x']):
        place.run('bot', *args, env=env).is_(1).says('what came is not what Bot API')
    assert place.run('bot', 'updates', env=env).is_(1).says('no list of updates').out == ''


def test_wrong_usage(place):
    place.run('bot').is_(2).says('is missing')
    place.run('bot', 'hm').is_(2).says('allowed is one of check, me, send, updates, webhook')
    place.run('bot', 'me', 'x').is_(2).says('"x" is too much')
    place.run('bot', 'updates', 'x', env={'BOT_TOKEN': '1:a'}).is_(2).says('"x" is too much')


story.main()
