# SPDX-License-Identifier: MIT
"""Bots on a bad day: limits, a server that fails in every way, people and tokens that go; what comes through, and what
the person who runs the bot reads. The bot is tests/peer/bot_trouble.c."""
import signal
import time

import story
from bot_stage import Stage, at_work

def test_a_storm_of_429(place):
    stage = at_work(place)
    stage.faults(flood='sendMessage:3/1')
    texts = [f'word {i}' for i in range(12)]
    for text in texts:
        stage.say('ada', text)
    assert stage.hear('ada', 12) == ['echo: ' + text for text in texts]
    assert stage.hear('ada', wait=1500) == [], 'nothing came twice'
    assert stage.hits('flood') > 0
    stage.reads(r'429|Too Many Requests')
    stage.safe()


def test_errors_of_the_server(place):
    stage = at_work(place)
    stage.faults(error='sendMessage:500:60')
    texts = [f'word {i}' for i in range(8)]
    for text in texts:
        stage.say('ada', text)
    stage.reads(r'sendMessage: 500 .*; once more in \d+ ms')
    stage.faults(error='')
    stage.say('ada', 'the end')
    heard = []
    while 'echo: the end' not in heard:
        heard += stage.hear('ada')
    assert len(heard) == len(set(heard)), ('nothing came twice', heard)
    assert heard == sorted(heard, key=lambda text: (['echo: ' + t for t in texts] + ['echo: the end']).index(text)), heard
    stage.safe()


def test_a_proxy_that_answers_in_html(place):
    stage = at_work(place)
    stage.faults(gateway='getUpdates:502')
    stage.reads(r'getUpdates.*502')
    stage.say('ada', 'are you there?')
    stage.faults(gateway='')
    assert stage.hear('ada') == ['echo: are you there?']
    assert '<html' not in stage.log().lower(), 'the page itself is nobody\'s business'
    stage.safe()


def test_connections_that_break(place):
    for kind in ('reset', 'short', 'silent'):
        stage = at_work(place) if kind == 'reset' else stage
        before = stage.hits(kind)
        stage.faults(**{kind: 'getUpdates'})
        stage.say('ada', f'during {kind}')
        while stage.hits(kind) == before:
            time.sleep(0.05)
        stage.faults(**{kind: ''})
        assert stage.hear('ada') == [f'echo: during {kind}'], kind
    assert stage.hear('ada', wait=500) == []
    stage.safe()


def test_an_answer_that_is_lost(place):
    stage = at_work(place)
    stage.faults(lost='sendMessage')
    stage.say('ada', 'only once')
    assert stage.hear('ada') == ['echo: only once']
    stage.reads(r'sendMessage')
    stage.faults(lost='')
    stage.say('ada', 'next')
    assert stage.hear('ada') == ['echo: next'], 'what may have been sent is not sent again'
    stage.safe()


def test_slow_answers(place):
    stage = at_work(place)
    stage.faults(slow=2000)
    for i in range(5):
        stage.say('ada', f'slow {i}')
    assert stage.hear('ada', 5) == [f'echo: slow {i}' for i in range(5)]
    stage.safe()


def test_a_group_that_becomes_a_supergroup(place):
    stage = at_work(place)
    stage.do(do='migrate', chat='club', by='ada')
    stage.say('ada', '/tell -3001 to the old number')
    assert stage.hear('ada') == ['told']
    stage.safe()


def test_people_who_block_it(place):
    stage = at_work(place)
    stage.say('bo', 'hello')
    assert stage.hear('bo') == ['echo: hello']
    stage.do(do='block', by='bo', who='echo')
    stage.say('ada', '/tell 502 are you there?')
    assert stage.hear('ada') == ['TOBS_EPERM']
    stage.say('ada', '/gone 502')
    assert stage.hear('ada') == ['gone']
    stage.do(do='block', by='bo', who='echo', on=False)
    stage.say('bo', 'back')
    assert stage.hear('bo') == ['echo: back']
    stage.say('ada', '/gone 502')
    assert stage.hear('ada') == ['there']
    stage.safe()


def test_a_second_instance(place):
    stage = at_work(place)
    second = stage.bot('second', BOT_STORE='memory:')
    end = time.monotonic() + story.PATIENCE
    while not any('409' in stage.log(name) or 'another' in stage.log(name) for name in stage.logs):
        assert time.monotonic() < end, [stage.log(name) for name in stage.logs]
        time.sleep(0.05)
    story.stop(second)
    stage.say('ada', 'who answers?')
    assert stage.hear('ada') == ['echo: who answers?']
    stage.safe()


def test_a_token_that_was_revoked(place):
    stage = at_work(place)
    stage.do(do='revoke', bot='echo')
    assert stage.process.wait(timeout=story.PATIENCE) == 1
    assert 'token' in stage.log() and 'BotFather' in stage.log(), stage.log()
    again = stage.bot('again')
    assert again.wait(timeout=story.PATIENCE) == 1
    assert 'token' in stage.log('again'), stage.log('again')
    stage.safe()


def test_no_token(place):
    stage = Stage(place)
    for token, says in (('', 'BOT_TOKEN'), ('banana', 'no bot token')):
        bot = stage.bot(BOT_TOKEN=token)
        assert bot.wait(timeout=story.PATIENCE) == 1
        assert says in stage.log(), stage.log()


def test_nobody_answers(place):
    stage = Stage(place)
    bot = stage.bot(BOT_API_ROOT='http://127.0.0.1:9')
    stage.reads(r'refused')
    bot.send_signal(signal.SIGTERM)
    assert bot.wait(timeout=story.PATIENCE) in (0, 1)
    stage.safe()


def test_handlers_that_misbehave(place):
    stage = at_work(place)
    stage.say('ada', '/hang')
    stage.say('bo', '/fail')
    stage.say('bo', 'after the failure')
    assert stage.hear('bo') == ['echo: after the failure'], 'another chat, and the same chat after a failure, go on'
    stage.reads(r'TOBS_EIO|input/output|EIO')
    stage.reads(r'(?i)slow|has run|still')
    stage.say('bo', '/block 1500')
    stage.say('bo', 'after the computing')
    assert stage.hear('bo', 2) == ['blocked', 'echo: after the computing']
    stage.say('ada', 'behind the one that hangs')
    assert stage.hear('ada', wait=300) == [], 'its own chat waits'
    stage.process.send_signal(signal.SIGTERM)
    assert stage.process.wait(timeout=story.PATIENCE) == 0, 'the one that hangs is cancelled after stop_ms'
    # It was not finished, so it is handled again, and hangs again; others do not mind.
    stage.bot()
    stage.say('bo', 'after the restart')
    assert stage.hear('bo') == ['echo: after the restart']
    stage.reads('not finished are handled first')
    stage.safe()


def test_a_second_signal(place):
    stage = at_work(place)
    stage.say('ada', '/hang')
    stage.reads('/hang of chat')
    stage.process.send_signal(signal.SIGTERM)
    stage.reads('stopping')
    stage.process.send_signal(signal.SIGTERM)
    assert stage.process.wait(timeout=story.PATIENCE) == -signal.SIGTERM
    stage.safe()


story.main()
