# SPDX-License-Identifier: MIT
"""Exports: complete, repeated, interrupted, refused, with no room; against a simulated Telegram."""
import datetime
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time

import story


def logged_in(place, synthetic, *args):
    told = place.sim(*(['--synthetic', synthetic] if synthetic else []), *args)
    place.env['TOBS_SERVER'] = f'sim:{told["dcs"][told["home_dc"] - 1]["port"]},{told["key"]}'
    shutil.copy(told['env'], place.cwd / '.env')
    place.run('login').is_(0)
    return told


def lines(text):
    """The JSON lines of a run; each has what all have."""
    out = [json.loads(line) for line in text.splitlines()]
    for line in out:
        assert line['v'] == 1 and line['type'] in ('export_start', 'progress', 'message', 'error', 'export_finish')
        datetime.datetime.fromisoformat(line['time'])
    return out


def messages(folder):
    """How many messages an archive holds, and whether it is sound."""
    with sqlite3.connect(f'file:{folder}/.tobs/archive.db?mode=ro', uri=True) as db:
        assert db.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        return db.execute('SELECT count(*) FROM messages').fetchone()[0]


def test_everything_then_nothing_new(place):
    logged_in(place, 'mixed,messages=900;plain,kind=channel,seed=2,messages=250;plain,kind=private,seed=3,messages=1')
    first = lines(place.run('export', '--all').is_(0).out)
    assert first[0]['type'] == 'export_start' and first[0]['chats'] == 3 and first[0]['dir'] == 'export', first[0]
    assert first[-1]['type'] == 'export_finish', first[-1]
    assert (first[-1]['result'], first[-1]['exit'], first[-1]['failed']) == ('done', 0, 0), first[-1]
    assert first[-1]['added'] == 1151 == messages(place.cwd / 'export'), first[-1]
    ends = [line for line in first if line['type'] == 'progress' and line['state'] == 'done']
    assert sorted(line['added'] for line in ends) == [1, 250, 900], ends
    assert all(line['chat']['id'] and line['chat']['title'] for line in ends), ends

    second = lines(place.run('export', '--all').is_(0).out)
    assert second[-1]['added'] == second[-1]['edited'] == second[-1]['deleted'] == 0, second[-1]
    place.run('export', '--all', '--progress', 'none').is_(0).prints('Nothing new in 3 chats')
    assert messages(place.cwd / 'export') == 1151
    report = json.loads((place.cwd / 'export' / '.tobs' / 'last-run.json').read_text())
    assert report['added'] == 0 and len(report['chats']) == 3, report


def test_what_changed_since(place):
    world = {'tobs_world': 1, 'users': [{'key': 'ada', 'id': 501, 'first_name': 'Ada', 'phone': '9996610001',
                                         'account': {'code': '11111'}},
                                        {'key': 'bo', 'id': 502, 'first_name': 'Bo'}],
             'chats': [{'key': 'club', 'kind': 'supergroup', 'id': 3001, 'title': 'Film Club',
                        'members': [{'user': 'ada', 'role': 'creator'}, 'bo']}],
             'accounts': [{'user': 'ada'}]}
    told = logged_in(place, None, '--world', str(place.write('world.json', json.dumps(world))), '--control', '0')

    def post(text):
        return place.tell_sim(told, do='post', chat='club', message={'from': 'bo', 'text': text})['id']

    ids = [post(f'film {i}') for i in range(5)]
    first = lines(place.run('export', '--all').is_(0).out)[-1]
    place.tell_sim(told, do='edit', chat='club', by='bo', id=ids[1], text='another film')
    place.tell_sim(told, do='delete', chat='club', by='bo', ids=[ids[2]])
    post('the last one')
    second = lines(place.run('export', '--all').is_(0).out)[-1]
    assert first['added'] >= 5 and (second['added'], second['edited'], second['deleted']) == (1, 1, 1), (first, second)
    place.tell_sim(told, do='edit', chat='club', by='bo', id=ids[3], text='not looked for')
    third = lines(place.run('export', '--all', '--refresh', '0').is_(0).out)[-1]
    assert (third['added'], third['deleted']) == (0, 0), third


def test_a_chat_that_comes_later_is_linked_to(place):
    group = {'key': 'club', 'kind': 'supergroup', 'id': 3001, 'title': 'Film Club', 'members': [{'user': 'ada', 'role': 'creator'}]}
    world = {'tobs_world': 1, 'users': [{'key': 'ada', 'id': 501, 'first_name': 'Ada', 'phone': '9996610001', 'account': {'code': '11111'}}],
             'chats': [group, {**group, 'key': 'choir', 'id': 3003, 'title': 'Choir'},
                       {'key': 'news', 'kind': 'channel', 'id': 3002, 'title': 'News', 'members': [{'user': 'ada', 'role': 'creator'}]}],
             'histories': [{'chat': 'news', 'messages': [{'date': '2024-05-01 10:00', 'text': 'one'}, {'text': 'two'}]},
                           {'chat': 'club', 'messages': [{'from': 'ada', 'date': '2024-05-02 10:00', 'text': 'two', 'fwd_from': {
                               'from_id': 'news', 'date': '2024-05-01 10:01', 'channel_post': 2}}]},
                           {'chat': 'choir', 'messages': [{'from': 'ada', 'date': '2024-05-02 10:00', 'text': 'la'}]}],
             'accounts': [{'user': 'ada'}]}
    logged_in(place, None, '--world', str(place.write('world.json', json.dumps(world))))
    club, choir = (place.cwd / 'export' / name / f'{name}.md' for name in ('Film Club', 'Choir'))
    place.run('export', '-1000000003001', '-1000000003003').is_(0)
    assert 'https://t.me/c/3002/2' in club.read_text(), club.read_text()
    before = choir.stat()
    place.run('export', '-1000000003002').is_(0)
    assert '[[News/News#^m2|News]]' in club.read_text(), club.read_text()
    assert choir.stat() == before
    assert 'up to date' in place.run('render').is_(0).out


def test_targets_of_every_form(place):
    logged_in(place, 'plain,kind=channel,seed=2,messages=20,title=The Harbour;plain,kind=group,seed=5,messages=10')
    chats = json.loads(place.run('chats', '--json').out)
    harbour = next(c for c in chats if c['type'] == 'channel')
    for target in ('@' + harbour['username'], 'https://t.me/' + harbour['username'], str(harbour['id']),
                   str(harbour['id'])[4:], harbour['title']):
        out = place.path / re.sub(r'\W', '_', target)
        finish = lines(place.run('export', target, '--out', str(out)).is_(0).out)[-1]
        assert finish['added'] == 20 == messages(out), (target, finish)
    place.env['EXPORT_TARGETS'] = f'{harbour["id"]}'
    assert lines(place.run('export', '-o', 'by-setting').is_(0).out)[-1]['added'] == 20
    finish = lines(place.run('export', '--all', '--exclude', '@' + harbour['username'], '-o', 'rest').is_(0).out)[-1]
    assert finish['added'] == 10, finish
    finish = lines(place.run('export', '--all', '--type', 'channel', '-o', 'channels').is_(0).out)[-1]
    assert finish['added'] == 20, finish


def test_ranges(place):
    logged_in(place, 'plain,messages=500,start=2024-01-01,step=86400')
    def count(*args):
        shutil.rmtree(place.cwd / 'export', ignore_errors=True)
        return lines(place.run('export', '--all', *args).is_(0).out)[-1]['added']
    assert count('--last', '7') == 7
    assert count('--from-id', '100', '--to-id', '119') == 20
    before, after = count('--until', '2024-06-30'), count('--since', '2024-07-01')
    assert before + after == 500 and before > 0 and after > 0, (before, after)
    place.run('export', '--all', '--since', '2024-07-01', '--until', '2024-06-01').is_(2).says('before it begins')
    place.run('export', '--all', '--since', 'yesterday').is_(2).says('--since yesterday', '2024-05-01')
    place.run('export', '--all', '--timezone', 'Mars/Olympus').is_(2).says('timezone', 'Mars/Olympus')


def test_a_dry_run_fetches_nothing(place):
    logged_in(place, 'plain,messages=300')
    place.run('export', '--all', '--dry-run', '--progress', 'none').is_(0).prints('Nothing was fetched', '300 messages')
    assert not (place.cwd / 'export').exists()


def test_without_a_target(place):
    logged_in(place, 'plain,messages=1')
    place.run('export').is_(2).says('which chats?', '--all')
    place.run('export', '@x', '--type', 'channel').is_(2).says('among --all')


def test_not_logged_in(place):
    told = place.sim('--synthetic', 'plain')
    shutil.copy(told['env'], place.cwd / '.env')
    place.run('export', '--all').is_(4).says('not logged in', 'tobs login')
    assert not (place.cwd / 'export').exists()


def test_some_targets_fail(place):
    logged_in(place, 'plain,messages=20')
    chat = json.loads(place.run('chats', '--json').out)[0]
    result = place.run('export', str(chat['id']), '@nobody_is_called_so').is_(3)
    error = next(line for line in lines(result.out) if line['type'] == 'error')
    assert error['chat']['target'] == '@nobody_is_called_so' and error['text'], error
    finish = lines(result.out)[-1]
    assert (finish['result'], finish['exit'], finish['failed'], finish['added']) == ('partly', 3, 1, 20), finish
    place.run('export', str(chat['id']), '@nobody_is_called_so', '--progress', 'none').is_(3).prints(
        '1 chat failed:', '@nobody_is_called_so: ')


def test_nothing_can_be_found(place):
    logged_in(place, 'plain,messages=1')
    place.run('export', '@nobody_is_called_so', '--progress', 'none').is_(3).prints(
        '@nobody_is_called_so: ', 'nobody has this username')


def test_interrupted_it_goes_on_from_there(place):
    logged_in(place, 'plain,messages=6000', '--faults', 'latency=60')
    run = place.start('export', '--all', '-j', '2', stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for line in run.stdout:
        told = json.loads(line)
        if told['type'] == 'progress' and told['fetched'] >= 500:
            break
    began = time.monotonic()
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=story.PATIENCE)
    assert run.returncode == 130, (run.returncode, err)
    assert 'stopping' in err and 'Sanitizer' not in err, err
    finish = json.loads(out.splitlines()[-1])
    assert (finish['type'], finish['result'], finish['exit']) == ('export_finish', 'interrupted', 130), finish
    kept = messages(place.cwd / 'export')
    assert 500 <= kept < 6000 and kept == finish['added'], (kept, finish)
    print(f'# stopped after {time.monotonic() - began:.1f} s with {kept} messages', flush=True)

    finish = lines(place.run('export', '--all').is_(0).out)[-1]
    assert finish['added'] == 6000 - kept, (finish, kept)
    assert messages(place.cwd / 'export') == 6000


def test_the_second_signal_leaves_at_once(place):
    logged_in(place, 'plain,messages=6000', '--faults', 'latency=60')
    run = place.start('export', '--all', '-j', '2', stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for line in run.stdout:
        if json.loads(line)['type'] == 'progress':
            break
    run.send_signal(signal.SIGTERM)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=story.PATIENCE)
    assert run.returncode == 130, run.returncode
    messages(place.cwd / 'export')
    place.run('export', '--all').is_(0)
    assert messages(place.cwd / 'export') == 6000


def test_killed_it_loses_nothing(place):
    logged_in(place, 'plain,messages=3000', '--faults', 'latency=30')
    for fetched in (300, 900, 1500):
        run = place.start('export', '--all', '-j', '2', stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for line in run.stdout:
            told = json.loads(line)
            if told['type'] == 'export_finish' or told.get('fetched', 0) >= fetched:
                break
        run.kill()
        run.communicate(timeout=story.PATIENCE)
    place.run('export', '--all').is_(0)
    assert messages(place.cwd / 'export') == 3000


def test_lines_on_a_terminal(place):
    # So slow that the lines are drawn while it fetches, however fast this machine is.
    logged_in(place, 'plain,messages=800,title=Old Friends', '--faults', 'latency=250')
    t = place.terminal('export', '--all')
    assert t.wait() == 0
    assert 'Exporting: ' in t.seen and 'Old Friends' in t.seen and '[===' in t.seen, t.seen
    assert '\x1b[?25l' not in t.seen, 'the cursor is never hidden'
    after = t.seen[t.seen.rindex('\x1b[J'):]
    assert re.fullmatch(r'\x1b\[J800 new messages, from 1 chat.* in .*\.\r\nThe files are in export\r\n', after), after
    t = place.terminal('export', '--all')
    assert t.wait() == 0
    assert 'Nothing new in 1 chat' in t.seen, t.seen


def test_lines_where_they_are_asked_for(place):
    logged_in(place, 'plain,messages=100')
    out = place.run('export', '--all', env={'TTY_MODE': 'force-tty'}).is_(0).out
    assert '\x1b[K' in out and '100 new messages' in out, out
    lines(place.run('export', '--all', env={'TTY_MODE': 'force-non-tty'}).is_(0).out)


def test_plain_text_in_ci(place):
    logged_in(place, 'plain,messages=100,title=Old Friends')
    for number, env in enumerate(({'TERM': 'dumb'}, {'CI': 'true'}, {'GITHUB_ACTIONS': 'true'})):
        t = place.terminal('export', '--all', '--out', f'out{number}', env=env)
        assert t.wait() == 0
        assert '\x1b' not in t.seen and t.seen.startswith('Exporting 1 chat\r\nOld Friends: 100 new messages\r\n'), t.seen


def test_waits_are_told(place):
    logged_in(place, 'plain,messages=2000', '--faults', 'flood=messages.getHistory:5/1')
    out = lines(place.run('export', '--all').is_(0).out)
    waits = [line for line in out if line['type'] == 'message' and 'wait_s' in line]
    assert waits and 'FLOOD_WAIT' in waits[0]['text'] and waits[0]['wait_s'] >= 1, out
    assert out[-1]['wait_ms'] > 0 and out[-1]['added'] == 2000, out[-1]


def test_a_reader_that_goes_away(place):
    logged_in(place, 'plain,messages=2000', '--faults', 'latency=20')
    run = place.start('export', '--all', stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    run.stdout.readline()
    run.stdout.close()
    err = run.stderr.read()
    assert run.wait(timeout=story.PATIENCE) == 1 and 'standard output: Broken pipe' in err, err
    assert messages(place.cwd / 'export') == 2000, 'the export itself was finished'


def test_a_folder_that_cannot_be_written(place):
    logged_in(place, 'plain,messages=20')
    if os.geteuid() == 0:
        # Nothing is forbidden to root but what is no folder.
        (place.cwd / 'export').write_text('a file')
        place.run('export', '--all').is_(1).says('export')
        return
    (place.cwd / 'locked').mkdir()
    os.chmod(place.cwd / 'locked', 0o500)
    place.run('export', '--all', '--out', 'locked/out').is_(1).says('locked', 'Permission denied')


def nobody(place):
    """Runs tobs as somebody without rights, who owns the place but for what is forbidden."""
    for path in [place.path, *place.path.rglob('*')]:
        os.chown(path, 65534, 65534)

    def run(*args):
        done = subprocess.run([story.TOBS, *args], cwd=place.cwd, env=place.env, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=story.PATIENCE, user=65534, group=65534, extra_groups=[])
        return story.Result(args, done.returncode, done.stdout, done.stderr)
    return run


def test_a_folder_of_somebody_else(place):
    if os.geteuid() != 0:
        raise story.Skip('needs root, to become somebody else')
    logged_in(place, 'plain,messages=20')
    run = nobody(place)
    (place.cwd / 'theirs').mkdir(mode=0o755)
    run('export', '--all', '--out', 'theirs/out').is_(1).says('theirs/out', 'Permission denied')
    run('export', '--all', '--out', 'theirs').is_(1).says('theirs', 'Permission denied')
    run('doctor', '--out', 'theirs').is_(1).prints('theirs: cannot be written: Permission denied')
    run('export', '--all', '--out', 'mine').is_(0)


def test_a_full_disk(place):
    """A disk of 400 KiB for an archive that needs more; then the same disk with room."""
    logged_in(place, 'plain,messages=20000')
    out = place.cwd / 'small'
    out.mkdir()
    script = f'''mount -t tmpfs -o size=400k tmpfs {out} || exit 77
"$0" export --all --out {out} > {place.path}/full.out 2> {place.path}/full.err; echo $?
mount -o remount,size=100m {out} || exit 77
"$0" export --all --out {out} > {place.path}/again.out 2> {place.path}/again.err; echo $?
cp -r {out} {place.path}/copy'''
    done = subprocess.run(['unshare', '-rm' if os.geteuid() else '-m', 'sh', '-c', script, story.TOBS],
                          cwd=place.cwd, env=place.env, capture_output=True, text=True, timeout=story.PATIENCE)
    if done.returncode == 77 or 'unshare' in done.stderr:
        raise story.Skip('a file system of one\'s own cannot be mounted here')
    full, again = done.stdout.split()
    err = (place.path / 'full.err').read_text()
    assert full == '1', (full, err)
    assert 'make room and run it again' in err, err
    finish = lines((place.path / 'full.out').read_text())[-1]
    assert (finish['type'], finish['result'], finish['exit']) == ('export_finish', 'failed', 1), finish
    assert again == '0', (place.path / 'again.err').read_text()
    assert messages(place.path / 'copy') == 20000, 'nothing was lost'


def test_two_exports_into_one_folder(place):
    logged_in(place, 'plain,messages=4000', '--faults', 'latency=60')
    place.run('login', '-s', 'second').is_(0)
    run = place.start('export', '--all', '-j', '2', stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    run.stdout.readline()
    place.run('export', '--all').is_(1).says('another program is using it')
    place.run('export', '--all', '-s', 'second').is_(1).says('export', 'another tobs is at work here')
    run.communicate(timeout=story.PATIENCE)
    assert run.returncode == 0 and messages(place.cwd / 'export') == 4000


def test_a_server_that_goes_away(place):
    told = logged_in(place, 'plain,messages=20000', '--faults', 'latency=60')
    run = place.start('export', '--all', '-j', '2', stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for line in run.stdout:
        if json.loads(line).get('fetched', 0) >= 200:
            break
    story.stop(told['process'])
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=story.PATIENCE)
    assert run.returncode == 130, 'while nobody answers it can be stopped'
    assert messages(place.cwd / 'export') >= 200
    place.run('export', '--all').is_(1).says('Connection refused')


story.main()
