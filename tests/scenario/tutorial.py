# SPDX-License-Identifier: MIT
"""docs/tutorial.md: its programs are compiled as it says, and its conversations are held with them.

A block of C with a file's name is a program, one without is a fragment, and only
compiled. A text with a program's name is a conversation: `> ` is typed, `[…]`
among that pressed, what is in brackets happens, everything else is expected.
"""
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys

import story

sys.path.insert(0, str(story.ROOT / 'examples'))
import talk  # noqa: E402

DOCUMENT = story.ROOT / 'docs' / 'tutorial.md'
LIBRARY = pathlib.Path(os.environ['TOBS_LIBRARY'])
CHECKED = ['-std=c11', '-Wall', '-Wextra', '-Wno-unused-parameter', '-Wno-missing-field-initializers', '-Werror',
           *os.environ['TOBS_LINK'].split()]
FRAGMENT = '''#include <tobs/bot.h>
#include <tobs/text.h>

int fragment(struct tobs_bot *bot, struct tobs_ctx *ctx, int64_t id);
int fragment(struct tobs_bot *bot, struct tobs_ctx *ctx, int64_t id)
{
%s
	return 0;
}
'''


def blocks(language):
    """(what is behind the language, text) of the document's blocks, in order."""
    return [(m[1].strip(), m[2]) for m in
            re.finditer(rf'^```{language}\b([^\n]*)\n(.*?)^```$', DOCUMENT.read_text(), re.M | re.S)]


def command(of):
    """The line of the document that compiles a program."""
    return next(line for _, text in blocks('sh') for line in text.splitlines() if re.match(rf'cc .*\b{of}\b', line))


def installed(place):
    """What `make install` puts where; pkg-config finds it."""
    prefix = place.path / 'prefix'
    if not prefix.exists():
        pc = pathlib.Path(os.environ['TOBS_PC']).read_text()
        (prefix / 'lib').mkdir(parents=True)
        (prefix / 'include').symlink_to(story.ROOT / 'include')
        (prefix / 'lib' / 'libtobs.a').symlink_to(LIBRARY)
        (prefix / 'lib' / 'tobs.pc').write_text(re.sub(r'^libdir=.*', 'libdir=${prefix}/lib', re.sub(
            r'^prefix=.*', f'prefix={prefix}', pc, flags=re.M), flags=re.M))
    return {**place.env, 'PKG_CONFIG_PATH': str(prefix / 'lib')}


def compile_program(place, name):
    """By the command that the document has for the first one."""
    source = dict(blocks('c'))[name]
    place.write(name, source)
    line = command('hello.c').replace('hello', name.removesuffix('.c'))
    line = line.replace('cc ', shlex.join(['cc', *CHECKED]) + ' ', 1)
    done = subprocess.run(['sh', '-c', line], cwd=place.cwd, env=installed(place), capture_output=True, text=True)
    assert done.returncode == 0, (line, done.stderr)
    return place.cwd / name.removesuffix('.c')


def begin(place, program, env=None):
    folder = place.path / 'talk'
    folder.mkdir()
    t = talk.Talk([str(program)], story.TOBS, folder, env={**place.env, **(env or {})})
    place.stack.callback(t.close)
    return t


def written(message):
    """As talk.py shows it."""
    lines = [('bot (changed): ' if message.get('edited') else 'bot: ') + message['text']]
    return lines + ['     ' + ' '.join(f'[{b}]' for b in row) for row in message.get('buttons', [])]


def happen(t, what):
    if what == 'the bot is stopped':
        assert t.stop() == 0
    else:
        assert what == 'the bot is started again', what
        t.start()


def hold(t, conversation):
    """What comes of the lines that are typed, line by line as in the document."""
    seen = []
    for line in conversation.splitlines():
        said = re.fullmatch(r'> \[(.*)\]', line)
        if said:
            note = t.press(said[1])
            seen += [line] + ([f'({note})'] if note else [])
        elif line.startswith('> '):
            assert t.say(line[2:]) is None
            seen.append(line)
        elif line.startswith('(the '):
            happen(t, line.strip('()'))
            seen.append(line)
        elif line.startswith('bot'):
            for message in t.hear():
                seen += written(message)
    return '\n'.join(seen) + '\n'


def programs():
    return [name for name, _ in blocks('c') if name]


def test_fragments_compile(place):
    fragments = [text for name, text in blocks('c') if not name]
    assert fragments
    for text in fragments:
        source = place.write('fragment.c', FRAGMENT % text)
        done = subprocess.run(['cc', *CHECKED, '-fsyntax-only', f'-I{story.ROOT}/include', str(source)], capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stderr


def test_every_program_has_a_conversation(place):
    held = {name for name, _ in blocks('text')}
    assert len(programs()) > 6 and set(programs()) == held | {'test_book.c'}, (programs(), held)


def test_the_readme_has_the_same_bot(place):
    readme = (story.ROOT / 'README.md').read_text()
    assert dict(blocks('c'))['hello.c'] in readme and command('hello.c') in readme
    assert dict(blocks('c'))['hello.c'] in (story.ROOT / 'examples' / 'bot.c').read_text()


def conversation_test(name):
    def test(place):
        t = begin(place, compile_program(place, name))
        for to, conversation in blocks('text'):
            if to == name:
                have = hold(t, conversation)
                assert have == conversation, f'the document says\n{conversation}\nbut it goes\n{have}' + \
                    (t.folder / 'bot.log').read_text()
        assert t.stop() == 0, (t.folder / 'bot.log').read_text()
    test.__name__ = 'test_' + name.removesuffix('.c')
    return test


for program in programs():
    if any(to == program for to, _ in blocks('text')):
        globals()['test_' + program.removesuffix('.c')] = conversation_test(program)


def test_the_test_of_the_document(place):
    place.write('book.c', dict(blocks('c'))['book.c'])
    program = compile_program(place, 'test_book.c')
    done = subprocess.run([program], cwd=place.cwd, env=place.env, capture_output=True, text=True, timeout=story.PATIENCE)
    assert (done.returncode, done.stdout, done.stderr) == (0, '', ''), done
    # A test that cannot fail is none.
    place.write('book.c', dict(blocks('c'))['book.c'].replace('A number from', 'Some number from'))
    source = place.cwd / 'test_book.c'
    line = command('hello.c').replace('hello', 'test_book').replace('cc ', shlex.join(['cc', *CHECKED]) + ' ', 1)
    assert source.exists() and subprocess.run(['sh', '-c', line], cwd=place.cwd, env=installed(place)).returncode == 0
    done = subprocess.run([program], cwd=place.cwd, env=place.env, capture_output=True, text=True, timeout=story.PATIENCE)
    assert done.returncode == 1 and 'Some number from 1 to 12' in done.stderr, done


# ---- the service ----

def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def self_signed(place, folder):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1',
                    '-addext', 'subjectAltName=IP:127.0.0.1', '-out', folder / 'fullchain.pem', '-keyout',
                    folder / 'privkey.pem'], check=True, capture_output=True)


def converse(place, env):
    """Holds the service's conversation over a webhook."""
    t = begin(place, compile_program(place, 'service.c'), env)
    conversation = dict(blocks('text'))['service.c']
    have = hold(t, conversation)
    log = (t.folder / 'bot.log').read_text()
    assert have == conversation, (have, log)
    # The file of the service is one for tobs, too.
    settings = place.write('tobs-bot.env', ''.join(f'{k}={v}\n' for k, v in [('BOT_TOKEN', t.env['BOT_TOKEN']), *env.items()]))
    place.run('bot', 'check', '--env-file', str(settings), '--api-root', t.env['BOT_API_ROOT']).is_(0).prints(
        '@sample_bot', env['WEBHOOK_URL'])
    assert t.stop() == 0, log


def test_a_webhook(place):
    port = free_port()
    converse(place, {'WEBHOOK_URL': f'http://127.0.0.1:{port}/hook', 'WEBHOOK_PORT': str(port)})


def test_a_webhook_alone_with_tls(place):
    port, folder = free_port(), place.path / 'tls'
    self_signed(place, folder)
    converse(place, {'WEBHOOK_URL': f'https://127.0.0.1:{port}/hook', 'WEBHOOK_PORT': str(port), 'WEBHOOK_HOST': '127.0.0.1',
                     'WEBHOOK_CERT': str(folder / 'fullchain.pem'), 'WEBHOOK_KEY': str(folder / 'privkey.pem'),
                     'WEBHOOK_SELF_SIGNED': '1'})


def nginx_conf(place, server):
    """A whole configuration around the file of the example."""
    return place.write('nginx.conf', f'''
daemon off;
pid {place.cwd}/nginx.pid;
error_log stderr;
events {{}}
http {{
	access_log off;
	client_body_temp_path {place.cwd}/body;
	proxy_temp_path {place.cwd}/proxy;
	fastcgi_temp_path {place.cwd}/fastcgi;
	uwsgi_temp_path {place.cwd}/uwsgi;
	scgi_temp_path {place.cwd}/scgi;
{server}
}}
''')


def test_nginx(place):
    """The file is one that nginx takes; and one through which the bot works, but for names, ports and TLS."""
    nginx = story.nginx()
    theirs = (story.ROOT / 'examples' / 'deploy' / 'nginx.conf').read_text()
    self_signed(place, place.path / 'tls')
    conf = nginx_conf(place, theirs.replace('/etc/letsencrypt/live/bot.example.org', str(place.path / 'tls')))
    checked = subprocess.run([nginx, '-t', '-c', conf, '-p', place.cwd], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    front, port = free_port(), free_port()
    plain = theirs.replace('listen 443 ssl', f'listen 127.0.0.1:{front}').replace('127.0.0.1:8081', f'127.0.0.1:{port}')
    plain = re.sub(r'\tssl_\w+ .*\n', '', plain).replace('deny all', 'allow 127.0.0.1; deny all')
    server = subprocess.Popen([nginx, '-c', nginx_conf(place, plain), '-p', place.cwd], stderr=open(place.path / 'nginx.log', 'w'))
    place.stack.callback(story.stop, server, signal.SIGTERM)
    converse(place, {'WEBHOOK_URL': f'http://127.0.0.1:{front}/hook', 'WEBHOOK_PORT': str(port)})


def test_systemd(place):
    """The unit and its drop-in are understood, and little is open to the bot."""
    if not shutil.which('systemd-analyze'):
        raise story.Skip('systemd is not installed')
    deploy = story.ROOT / 'examples' / 'deploy'
    unit = place.write('units/tobs-bot.service', (deploy / 'tobs-bot.service').read_text().replace(
        '/usr/local/bin/tobs-bot', '/bin/true'))
    place.write('units/tobs-bot.service.d/tls.conf', (deploy / 'tls.conf').read_text())
    done = subprocess.run(['systemd-analyze', 'verify', '--man=no', unit], capture_output=True, text=True,
                          env={**os.environ, 'SYSTEMD_UNIT_PATH': f'{unit.parent}:'})
    told = [line for line in done.stderr.splitlines() if 'tobs-bot' in line or 'tls.conf' in line]
    assert done.returncode == 0 and not told, done
    done = subprocess.run(['systemd-analyze', 'security', '--offline=true', '--threshold=20', unit], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    # The file of the environment is read before the sandbox is there; nothing of it may be written into the unit.
    assert 'EnvironmentFile=/etc/tobs-bot.env' in unit.read_text() and 'BOT_TOKEN=' not in re.sub(r'#.*', '', unit.read_text())


def test_talk_in_a_terminal(place):
    """examples/talk.py itself, as somebody types."""
    program = compile_program(place, 'drinks.c')
    person = subprocess.Popen([story.ROOT / 'examples' / 'talk.py', '--tobs', story.TOBS, program], cwd=place.cwd,
                              env=place.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    place.stack.callback(story.stop, person)
    lines = iter(person.stdout.readline, '')
    signal.alarm(story.PATIENCE)
    assert next(lines).startswith('Say something')
    for typed, answers in (('/order', ['bot: What would you like?', '     [Tea] [Coffee]']), ('[Nothing]', None),
                           ('[Tea]', {'(On its way)', 'bot (changed): One tea, please.'})):
        person.stdin.write(typed + '\n')
        person.stdin.flush()
        if answers is None:
            assert 'there is no button "Nothing"' in next(lines)
        elif isinstance(answers, set):  # in any order
            assert {next(lines).rstrip('\n') for _ in answers} == answers
        else:
            assert [next(lines).rstrip('\n') for _ in answers] == answers
    person.stdin.close()
    assert list(lines) == [] and person.wait() == 0
    signal.alarm(0)
    person.stdout.close()


def test_talk_tells_what_a_bot_that_fails_wrote(place):
    (place.cwd / 'bad').write_text('#!/bin/sh\necho "no luck" >&2\nexit 3\n')
    (place.cwd / 'bad').chmod(0o755)
    person = subprocess.Popen([story.ROOT / 'examples' / 'talk.py', '--tobs', story.TOBS, place.cwd / 'bad'], env=place.env,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    place.stack.callback(story.stop, person)
    signal.alarm(story.PATIENCE)
    shown = person.stdout.read()
    signal.alarm(0)
    assert person.wait() == 1 and 'ended with 3' in shown and 'no luck' in shown, shown
    person.stdin.close()
    person.stdout.close()
    done = subprocess.run([story.ROOT / 'examples' / 'talk.py', '--tobs', story.TOBS, place.cwd / 'none'], env=place.env,
                          capture_output=True, text=True)
    assert done.returncode == 1 and 'is no program' in done.stderr, done


story.main()
