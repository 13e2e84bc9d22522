# SPDX-License-Identifier: MIT
"""The demo, as `make demo` runs it once the program is built."""
import subprocess

import story


def test_twice(place):
    demo = place.path / 'demo'
    for second in (False, True):
        # A setting for somebody's own chats must not get in.
        env = {**place.env, 'TOBS_DEMO': str(demo), 'API_ID': '4', 'TOBS_OUT': str(place.path / 'mine')}
        done = subprocess.run([story.ROOT / 'tools' / 'demo.sh', story.TOBS], env=env, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=story.PATIENCE)
        assert done.returncode == 0, (done.stdout, done.stderr)
        assert ('Already logged' if second else 'Logged') + ' in as Ivy Marsh' in done.stdout, done.stdout
        assert 'Marsh Lane Garden' in done.stdout, done.stdout
        assert ('Nothing new in' in done.stdout) == second, done.stdout
        assert ('new messages, from' in done.stdout) != second, done.stdout
        assert done.stderr == '', done.stderr
    assert (demo / 'chats' / '.tobs' / 'archive.db').exists()
    assert not (place.path / 'mine').exists()
    left = subprocess.run(['pgrep', '-f', f'{demo}/sim'], capture_output=True, text=True).stdout
    assert left == '', left


story.main()
