# SPDX-License-Identifier: MIT
"""Settings: where they come from, which counts, and what is said about bad ones."""
import json
import os
import subprocess

import story


def values(result):
    report = json.loads(result.out)
    return {s['key']: (s['value'], s['from']) for s in report['settings']}


def test_the_strongest_place_counts(place):
    def session(*args, **more):
        return values(place.run('doctor', '--offline', '--json', *args, **more))['TOBS_SESSION']

    assert session() == ('tobs', 'default')
    place.write('.env', 'SESSION_NAME=from-file\n')
    assert session() == ('from-file', '.env:1 (SESSION_NAME)')
    place.write('.env', 'SESSION_NAME=old\nTOBS_SESSION=new\n')
    assert session() == ('new', '.env:2')
    env = {'SESSION_NAME': 'from-env'}
    assert session(env=env) == ('from-env', 'environment (SESSION_NAME)')
    assert session('--session', 'typed', env=env) == ('typed', '--session')
    assert session('-s', 'typed', env=env) == ('typed', '-s')


def test_older_names_and_words_count(place):
    place.write('.env', 'API_ID=17\nAPI_HASH=0123456789abcdef0123456789abcdef\nLOG_LEVEL=WARNING\n'
                'PROXY_TYPE=socks5\nPROXY_ADDR=localhost\nPROXY_PORT=9\n')
    have = values(place.run('doctor', '--offline', '--json'))
    assert have['TOBS_API_ID'] == ('17', '.env:1 (API_ID)')
    assert have['TOBS_LOG_LEVEL'] == ('warn', '.env:3 (LOG_LEVEL)')
    assert have['TOBS_PROXY_HOST'] == ('localhost', '.env:5 (PROXY_ADDR)')


def test_secrets_are_never_shown(place):
    secret = 'c0ffee0123456789c0ffee0123456789'
    place.write('.env', f'API_ID=17\nAPI_HASH={secret}\nTOBS_LOGIN_PASSWORD=hunter22\n')
    for args in (['--json'], []):
        result = place.run('doctor', '--offline', '--log-level', 'trace', *args)
        assert secret not in result.out + result.err and 'hunter22' not in result.out + result.err, result
        assert '[hidden]' in result.out, result


def test_a_bad_value_names_key_value_and_what_is_allowed(place):
    place.write('.env', '# mine\nTOBS_IPV6=perhaps\nTOBS_LOG_LEVEL=loud\n')
    place.run('accounts').is_(2).says(
        'tobs: .env:2: TOBS_IPV6=perhaps: allowed is yes or no',
        'tobs: .env:3: TOBS_LOG_LEVEL=loud: allowed is one of error, warn, info, debug, trace')
    # Also one that something stronger would replace.
    place.run('accounts', env={'TOBS_IPV6': 'yes'}).is_(2).says('TOBS_IPV6=perhaps')


def test_an_unknown_key_of_ours_suggests(place):
    place.run('accounts', env={'TOBS_SESION': 'x'}).is_(2).says(
        'environment: TOBS_SESION: there is no such setting; did you mean TOBS_SESSION?')
    # Keys of others are none of our business.
    place.run('accounts', env={'SESION_NAME': 'x'}).is_(0)


def test_a_broken_env_file_is_named_with_its_line(place):
    place.write('.env', 'API_ID=17\nTHIS IS NOT A SETTING\n')
    place.run('accounts').is_(2).says('.env:2: ')
    place.write('.env', 'API_HASH="no end\n')
    result = place.run('accounts').is_(2).says('.env:1: ')
    assert 'no end' not in result.err, result


def test_another_env_file(place):
    place.write('.env', 'TOBS_NONSENSE=1\n')
    place.write('good.env', 'TOBS_SESSION=other\n')
    have = values(place.run('doctor', '--offline', '--json', '--env-file', 'good.env'))
    assert have['TOBS_SESSION'] == ('other', 'good.env:1')
    place.run('--env-file', 'good.env', 'accounts').is_(0)
    place.run('accounts', '--env-file', 'missing.env').is_(2).says('missing.env', 'No such file')


def test_doctor_tells_of_every_problem(place):
    place.write('.env', 'TOBS_NONSENSE=1\nTOBS_IPV6=perhaps\n')
    result = place.run('doctor', '--offline').is_(2)
    result.prints('TOBS_NONSENSE', 'TOBS_IPV6=perhaps', 'API_ID and API_HASH', 'my.telegram.org')


def test_doctor_sees_who_can_read_secrets(place):
    file = place.write('.env', 'API_ID=17\nAPI_HASH=0123456789abcdef0123456789abcdef\n')
    file.chmod(0o644)
    place.run('doctor', '--offline').prints('others on this computer can read it', 'chmod 600 .env')
    file.chmod(0o600)
    assert 'others on this computer' not in place.run('doctor', '--offline').out


def test_doctor_knows_the_keys_of_the_earlier_program(place):
    place.write('.env', 'EXPORT_PATH=out\nSHARD_COUNT=8\nDOWNLOAD_PHOTOS=true\nSOMETHING_ELSE=1\n')
    out = place.run('doctor', '--offline').out
    assert '.env:2: SHARD_COUNT is not used: ' in out and '.env:3: DOWNLOAD_PHOTOS is not used: ' in out, out
    assert 'EXPORT_PATH is not' not in out and 'SOMETHING_ELSE' not in out, out


def test_a_session_is_a_name_or_a_path(place):
    place.run('doctor', '--offline', '-s', 'no spaces please').is_(1).prints('allowed is a name of letters')
    place.run('doctor', '--offline', '-s', './mine.session').prints('./mine.session: not there')
    place.run('doctor', '--offline', '-s', 'work').prints('.local/state/tobs/work.session')
    place.run('doctor', '--offline', '-s', 'work', env={'XDG_STATE_HOME': str(place.path / 'state')}).prints(
        f'{place.path}/state/tobs/work.session')
    # The specification: what is not absolute counts as not set.
    place.run('doctor', '--offline', env={'XDG_STATE_HOME': 'state'}).prints('.local/state/tobs/tobs.session')
    place.run('doctor', '--offline', env={'HOME': ''}).is_(1).prints('neither HOME nor XDG_STATE_HOME is set')


def test_home_in_paths(place):
    assert values(place.run('doctor', '--offline', '--json', '--out', '~/chats'))['TOBS_OUT'] == (
        str(place.home / 'chats'), '--out')


def test_profiles_set_what_nobody_else_has_set(place):
    def concurrency(*args, **more):
        return values(place.run('doctor', '--offline', '--json', *args, **more))['TOBS_CONCURRENCY']

    assert concurrency() == ('24', 'profile balanced')
    place.write('.env', 'PERFORMANCE_PROFILE=Aggressive\n')
    assert concurrency() == ('64', 'profile aggressive')
    assert concurrency(env={'TOBS_PROFILE': 'conservative'}) == ('4', 'profile conservative')
    assert concurrency(env={'TOBS_CONCURRENCY': '9'}) == ('9', 'environment')


def test_doctor_sees_a_small_disk(place):
    disk = place.path / 'disk'
    disk.mkdir()
    script = f'mount -t tmpfs -o size=50m tmpfs {disk} || exit 77; exec "$0" doctor --offline --out {disk}'
    done = subprocess.run(['unshare', '-rm' if os.geteuid() else '-m', 'sh', '-c', script, story.TOBS], cwd=place.cwd,
                          env=place.env, capture_output=True, text=True, timeout=story.PATIENCE)
    if done.returncode == 77 or 'unshare' in done.stderr:
        raise story.Skip('a file system of one\'s own cannot be mounted here')
    assert done.returncode == 1 and f'{disk}: only 50 MiB free' in done.stdout and 'make room' in done.stdout, done


def test_doctor_sees_what_cannot_be_a_folder(place):
    place.write('file', '')
    place.run('doctor', '--offline', '--out', 'file').is_(1).prints('file: cannot be written: Not a directory')
    place.run('doctor', '--offline', '--out', 'new/folder').prints('new/folder can be made')
    assert not (place.cwd / 'new').exists(), 'it changes nothing'


story.main()
