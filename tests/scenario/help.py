# SPDX-License-Identifier: MIT
"""Help, version, completion and manual: what people see before anything works."""
import re
import shutil
import subprocess

import story


def commands(place):
    out = place.run('help').is_(0).out
    listed = out[out.index('Commands:'):out.index('General:')]
    return re.findall(r'^  ([a-z]+) ', listed, re.M)


def test_overview_is_as_written_down(place):
    story.golden('help.txt', place.run('help').is_(0).out)


def test_without_a_command_and_a_terminal_it_is_wrong_usage(place):
    result = place.run().is_(2)
    story.golden('help.txt', result.out)


def test_at_a_terminal_it_says_how_to_begin(place):
    t = place.terminal()
    assert t.wait() == 0
    version = place.run('version').out.splitlines()[0]
    seen = t.seen.replace('\r\n', '\n').replace(version, 'tobs VERSION')
    story.golden('greeting.txt', seen)
    # Somebody who has a session knows how to log in.
    place.session.parent.mkdir(parents=True)
    place.session.write_text('')
    t = place.terminal()
    assert t.wait() == 0 and 'tobs login' not in t.seen and 'tobs chats' in t.seen, t.seen


def test_each_command_has_short_and_long_help(place):
    for name in commands(place):
        full = place.run('help', name).is_(0)
        assert full.err == '', full
        story.golden(f'help-{name}.txt', full.out)
        assert place.run(name, '--help').is_(0).out == full.out
        short = place.run(name, '-h').is_(0).prints(f'More: tobs help {name}')
        assert len(short.out) < len(full.out), short


def test_commands_are_sorted(place):
    names = commands(place)
    people, scripts = [n for n in names if n not in ('completion', 'manual')], ['completion', 'manual']
    assert names == sorted(people) + scripts, names


def test_help_for_settings_is_as_written_down(place):
    story.golden('help-settings.txt', place.run('help', 'settings').is_(0).out)


def test_help_fits_narrow_and_wide_terminals(place):
    for columns, most in (('50', 50), ('300', 100)):
        # A word that is longer than the line stands alone.
        for line in place.run('help', 'doctor', env={'COLUMNS': columns}).out.splitlines()[3:]:
            assert len(line) <= most or ' ' not in line.strip(), line


def test_version(place):
    out = place.run('version').is_(0).out
    assert re.match(r'tobs \d+\.\d+\.\d+\nTelegram API layer \d+\nbuilt with OpenSSL 3', out), out
    assert place.run('--version').is_(0).out == out
    assert place.run('-V').is_(0).out == out


def test_unknown_command_suggests(place):
    place.run('doctro').is_(2).says('doctro: there is no such command; did you mean doctor?', 'tobs help')
    place.run('frobnicate').is_(2).says('frobnicate: there is no such command')
    place.run('help', 'doctro').is_(2).says('did you mean doctor?')


def test_unknown_option_suggests(place):
    place.run('doctor', '--offlin').is_(2).says(
        '--offlin: there is no such option; did you mean --offline?', 'tobs help doctor')
    place.run('--frobnicate', 'doctor').is_(2).says('--frobnicate: there is no such option')
    place.run('version', '--json').is_(2).says('--json is not an option of version')


def test_bad_value_says_what_is_allowed(place):
    place.run('doctor', '--color', 'blue').is_(2).says('--color blue', 'auto, always, never')
    place.run('doctor', '--api-id=0').is_(2).says('--api-id 0', 'a number from 1')
    place.run('doctor', '--session').is_(2).says('--session: a value should stand behind it')


def test_arguments_are_counted_and_checked(place):
    place.run('manual').is_(2).says('manual: man|settings is missing')
    place.run('manual', 'mna').is_(2).says('manual mna: allowed is one of man, settings')
    place.run('version', 'x').is_(2).says('version: "x" is too much')


def test_escape_sequences_in_arguments_stay_out_of_the_terminal(place):
    result = place.run('\x1b[31mred').is_(2).says('?[31mred')
    assert '\x1b' not in result.err, result


def test_help_works_whatever_the_settings(place):
    place.write('.env', 'TOBS_NONSENSE=1\nno key\n')
    for args in (['help'], ['version'], ['completion', 'bash'], ['manual', 'man'], ['doctor', '--help']):
        place.run(*args, env={'TOBS_API_ID': 'x'}).is_(0)


def test_bash_completion(place):
    script = place.run('completion', 'bash').is_(0).out
    file = place.write('tobs.bash', script)
    done = subprocess.run(['bash', '-n', str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    def complete(*words):
        ask = f'source {file}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tobs; printf "%s\\n" "${{COMPREPLY[@]}}"'
        run = subprocess.run(['bash', '-c', ask, 'bash', *words], capture_output=True, text=True)
        assert run.returncode == 0 and run.stderr == '', run.stderr
        return run.stdout.split()

    assert complete('tobs', 'doc') == ['doctor']
    assert sorted(complete('tobs', '')) == sorted(commands(place))
    assert complete('tobs', '--v') == ['--version']
    assert complete('tobs', 'doctor', '--js') == ['--json']
    assert complete('tobs', 'doctor', '--color', 'a') == ['auto', 'always']
    assert complete('tobs', 'doctor', '--color', '=', 'n') == ['never']
    assert complete('tobs', 'doctor', '--no-f') == ['--no-forward-secrecy']
    assert complete('tobs', 'help', 'vers') == ['version']
    assert complete('tobs', 'completion', '') == ['bash', 'zsh']
    # An option's value that nothing can be said about.
    assert complete('tobs', 'doctor', '--api-id', '') == []


def test_zsh_completion(place):
    script = place.run('completion', 'zsh').is_(0).out
    assert script.startswith('#compdef tobs\n')
    for name in commands(place):
        assert f"\t\t'{name}:" in script and f'\t\t{name}) _arguments' in script, name
    if not shutil.which('zsh'):
        raise story.Skip('zsh is not here; its syntax was not checked')
    done = subprocess.run(['zsh', '-n', str(place.write('_tobs', script))], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == '', done.stderr


def test_manual_page_is_sound_roff(place):
    page = place.run('manual', 'man').is_(0).out
    for name in commands(place):
        assert f'.SS "tobs {name}' in page, name
    if not shutil.which('groff'):
        raise story.Skip('groff is not here; the page was not formatted')
    done = subprocess.run(['groff', '-man', '-ww', '-Tutf8', '-z'], input=page, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == '', done.stderr


def test_reference_of_settings_is_up_to_date(place):
    have = (story.ROOT / 'docs' / 'settings.md').read_text()
    assert have == place.run('manual', 'settings').is_(0).out, \
        'tobs manual settings > docs/settings.md makes it anew'


def test_output_that_cannot_be_written_is_an_error(place):
    with open('/dev/full', 'w') as full:
        done = subprocess.run([story.TOBS, 'help'], stdout=full, stderr=subprocess.PIPE, text=True,
                              env=place.env, cwd=place.cwd)
    assert done.returncode == 1 and 'standard output: could not write' in done.stderr, done.stderr


story.main()
