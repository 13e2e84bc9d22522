# SPDX-License-Identifier: MIT
"""Bots written with grammY and telegraf work with the simulator unchanged: only the API root is another.

What a person does are commands to the simulator, or mtcute, a client of others;
what the person sees mtcute reads over MTProto.
"""
import hashlib

import peers
import story

WORLD = story.ROOT / 'examples' / 'world' / 'world.json'
IVY, KAI, BOT = 10001, 10010, 20001
NOTES = 'Beds 1 to 9: watered.\n' * 5000
MEDIA = story.ROOT / 'examples' / 'world' / 'media'


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Flow:
    def __init__(self, place, library, how):
        peers.need(library, '@mtcute')
        self.place = place
        self.told = place.sim('--world', str(WORLD), '--bot-api', '0', '--control', '0')
        token = next(a['token'] for a in self.told['accounts'] if a.get('token'))
        self.env = {'BOT_TOKEN': token, 'BOT_API_ROOT': self.told['bot_api']}
        self.bot = peers.Talker(place, ['node', str(peers.PEER / 'bot_flows.mjs'), library, how], self.env)
        self.up = self.bot.expect('up')
        assert self.up['me'] == 'thistle_garden_bot', self.up

    def do(self, **command):
        return self.place.tell_sim(self.told, **command)

    def say(self, text, chat='thistle', by='ivy', **more):
        return self.do(do='say', by=by, chat=chat, text=text, **more)['id']

    def newest(self):
        """The id of the newest message in Ivy's chat with the bot."""
        return self.do(do='hear', by='ivy', chat='thistle')['heard'][-1]['id']

    def chat(self, id=BOT, **more):
        """What Ivy's client finds in a chat, the oldest first."""
        found = peers.mtcute(self.told, chats=[id], **more)
        return found['chats'][0]['messages'][::-1], found['chats'][0]['files']


def talks(f):
    """Commands, text with entities, buttons."""
    f.say('/start')
    start = f.bot.expect('start')
    assert start['from'] == start['chat'] == IVY, start
    pressed = f.do(do='press', by='ivy', chat='thistle', button='More', wait=60000)
    assert pressed['answer']['text'] == 'you pressed more:1' and pressed['answer']['show_alert'] is True, pressed
    button = f.bot.expect('button')
    assert button == {'saw': 'button', 'data': 'more:1', 'text': 'Hello, Ivy', 'from': IVY, 'id': 'string'}, button
    text = 'See https://example.org/a_b, #weeds 👍🏽 and @bo_lindqvist'
    f.say(text)
    seen = f.bot.expect('text')
    assert (seen['text'], seen['back'], seen['reply'], seen['chat']) == (text, text, True, IVY), seen
    assert [(e['type'], e['offset'], e['length']) for e in seen['entities']] == \
        [('url', 4, 23), ('hashtag', 29, 6), ('mention', 45, 13)], seen['entities']
    f.say('/wrong')
    wrong = f.bot.expect('wrong')
    assert (wrong['code'], wrong['text']) == (400, 'Bad Request: chat not found'), wrong


def sends_files(f):
    f.say('/file')
    sent = f.bot.expect('file')
    assert (sent['file_name'], sent['file_size'], sent['mime_type']) == ('notes.txt', len(NOTES), 'text/plain'), sent
    assert (sent['size'], sent['sha256']) == (len(NOTES), sha256(NOTES.encode())), sent
    assert sent['caption'] == 'Notes & more' and sent['entities'] == [{'type': 'bold', 'offset': 0, 'length': 5}], sent
    f.say('/photo')
    assert f.bot.expect('photo')['width'] == 1
    f.say('/album')
    album = f.bot.expect('album')
    assert album == {'saw': 'album', 'count': 2, 'groups': 1, 'captions': ['one', 'two']}, album


def gets_files(f):
    """What a person sends reaches the bot byte by byte."""
    for key, kind, path in (('soup.pdf', 'document', 'soup.pdf'), ('honeycomb', 'photo', 'honeycomb.jpg'), ('tea', 'video', 'tea.mp4'),
                            ('voice', 'voice', 'voice.ogg'), ('lane song', 'audio', 'lane.mp3'), ('smile', 'sticker', 'smile.webp')):
        f.do(do='post', chat='thistle', message={'from': 'ivy', 'file' if kind != 'photo' else 'photo': key})
        came, data = f.bot.expect('came'), (MEDIA / path).read_bytes()
        assert (came['kind'], came['told'], came['size'], came['sha256']) == (kind, len(data), len(data), sha256(data)), (key, came)


def finds(f):
    """An inline query, one of its results, and the message it becomes."""
    asked = f.do(do='inline', by='ivy', bot='thistle', query='bees', chat='bo', wait=60000)
    assert [one['id'] for one in asked['answer']['results']] == ['first', 'second'], asked
    assert asked['answer']['is_personal'] is True and asked['answer']['cache_time'] == 0, asked
    assert f.bot.expect('inline')['query'] == 'bees'
    f.do(do='choose', query=asked['query'], result='second', chat='bo')
    assert f.bot.expect('chosen') == {'saw': 'chosen', 'result': 'second', 'query': 'bees'}


def hears(f):
    """Edits, reactions, groups, coming and going."""
    id = f.say('wed the beds')
    f.bot.expect('text')
    f.do(do='edit', by='ivy', chat='thistle', id=id, text='weed the beds')
    assert f.bot.expect('edited')['text'] == 'weed the beds'
    f.do(do='react', by='ivy', chat='thistle', id=id, reactions=['👍'])
    assert f.bot.expect('reaction')['now'] == ['👍']
    f.say('/water@thistle_garden_bot', chat='garden', by='bo')
    water = f.bot.expect('text')
    assert (water['title'], water['chat']) == ('Marsh Lane Garden', -1000000030004), water
    # In a group with privacy mode the rest is not for it; what is comes next.
    f.say('nothing for a bot', chat='garden', by='bo')
    f.say('/start', chat='garden', by='bo')
    assert f.bot.expect('start')['chat'] == -1000000030004
    assert 'nothing for a bot' not in [one.get('text') for one in f.bot.told]
    f.do(do='block', by='ivy', who='thistle')
    member = f.bot.expect('member')
    assert (member['status'], member['chat']) == ('kicked', IVY), member


def trades(f):
    """An invoice in Stars is paid, and refunded; a vote closes a poll."""
    f.say('/buy')
    invoice = f.bot.expect('invoice')
    assert (invoice['total_amount'], invoice['currency'], invoice['title']) == (7, 'XTR', 'A packet of seeds'), invoice
    paid = f.do(do='pay', by='ivy', chat='thistle')
    assert paid['paid'] is True, paid
    assert f.bot.expect('checkout') == {'saw': 'checkout', 'currency': 'XTR', 'total': 7, 'payload': 'seeds-1'}
    assert f.bot.expect('paid') == {'saw': 'paid', 'total': 7, 'charge': True, 'back': True}
    f.say('/poll')
    poll = f.bot.expect('poll')
    assert (poll['options'], poll['votes'], poll['anonymous']) == (['Yes', 'No', 'Later'], 0, False), poll
    f.do(do='vote', by='ivy', chat='thistle', id=f.newest(), answers=[2])
    assert f.bot.expect('vote') == {'saw': 'vote', 'user': IVY, 'options': [2], 'closed': True, 'counts': [0, 0, 1]}
    f.say('/menu')
    menu = f.bot.expect('menu')
    assert menu == {'saw': 'menu', 'same': True, 'others': ['start', 'water']}, menu


def lets_in(f):
    """It comes into a group, becomes an admin there, and lets somebody in."""
    f.do(do='join', chat='café', by='pavel', user='thistle')
    assert f.bot.expect('member')['status'] == 'member'
    f.do(do='member', chat='café', by='pavel', member={'user': 'thistle', 'role': 'admin', 'rights': {
        'invite_users': True, 'ban_users': True, 'delete_messages': True}})
    assert f.bot.expect('member')['status'] == 'administrator'
    f.do(do='ask', chat='café', by='kai', about='I bring tape.')
    # A runner handles both at the same time.
    joined, members = f.bot.expect_all('joined', 'members')
    assert (joined['user'], joined['status']) == (KAI, 'member') and joined['members'] == 9, joined
    assert members == {'saw': 'members', 'user': KAI, 'was': 'left', 'is': 'member'}, members


def meets_trouble(f):
    """What the server refuses, and what a proxy in front of it says, the library tells as it would."""
    f.do(do='faults', set={'bot.flood': 'sendMessage:1/600:7'})
    for code, text, wait in ((400, 'Bad Request: chat not found', None), (429, 'Too Many Requests: retry after 7', 7)):
        f.say('/wrong')
        wrong = f.bot.expect('wrong')
        assert (wrong['code'], wrong['text'], wrong['wait']) == (code, text, wait), wrong
    f.do(do='faults', set={'bot.flood': '', 'bot.gateway': 'sendMessage:502'})
    f.say('/wrong')
    wrong = f.bot.expect('wrong')
    assert wrong['code'] in (None, 502), wrong  # telegraf makes one of its status
    f.do(do='faults', set={'bot.gateway': ''})


def person_sees(f):
    """All of it lies in Ivy's chat, as mtcute reads it."""
    messages, files = f.chat(files=1 << 20)
    texts = [m['text'] for m in messages]
    assert 'Hello, Ivy' not in texts and 'Here is more.' in texts, texts
    text = 'See https://example.org/a_b, #weeds 👍🏽 and @bo_lindqvist'
    question, answer = [m for m in messages if m['text'] == text]
    assert (question['sender'], answer['sender']) == (IVY, BOT)
    assert answer['raw']['replyTo']['replyToMsgId'] == question['id'], answer['raw']
    assert [e['kind'] for e in answer['entities']] == [e['kind'] for e in question['entities']] == ['url', 'hashtag', 'mention']
    notes = next(m for m in messages if m['text'] == 'Notes & more')
    assert [(e['kind'], e['offset'], e['length']) for e in notes['entities']] == [('bold', 0, 5)]
    assert sha256(NOTES.encode()) in [one['sha256'] for one in files], files
    assert 'again' in texts and texts.index('one') + 1 == texts.index('two'), texts
    one, two = (next(m['raw'] for m in messages if m['text'] == t) for t in ('one', 'two'))
    assert one['groupedId'] == two['groupedId'], (one, two)


def everything(place, library, how):
    f = Flow(place, library, how)
    talks(f)
    sends_files(f)
    gets_files(f)
    finds(f)
    trades(f)
    lets_in(f)
    meets_trouble(f)
    hears(f)
    person_sees(f)
    return f


def by_polling(place, library):
    f = everything(place, library, 'polling')
    assert f.bot.stop() == 0
    # What comes while it is away waits for it, and nothing comes twice.
    f.do(do='block', by='ivy', who='thistle', on=False)
    f.say('are you there?')
    again = peers.Talker(f.place, f.bot.process.args, f.env)
    again.expect('up')
    assert again.expect('member')['status'] == 'member'
    assert again.expect('text')['text'] == 'are you there?'
    assert again.stop() == 0


def by_webhook(place, library, inside):
    f = everything(place, library, 'webhook')
    assert f.up['url'].endswith(f':{f.up["port"]}/hook') and f.up['pending'] == 0 and f.up['kinds'] == 12, f.up
    # Some calls were made in the answer to the request.
    assert inside <= {one['method'] for one in f.bot.told if one['saw'] == 'inside'}, f.bot.told
    assert f.bot.stop() == 0


def only_one(place, library):
    """A second instance takes the updates from the first one, which says so."""
    f = Flow(place, library, 'polling')
    f.say('one')
    f.bot.expect('text')
    second = peers.Talker(place, f.bot.process.args, f.env)
    second.expect('up')
    text = f.bot.expect('ended')['text']
    assert '409: Conflict: terminated by other getUpdates request; make sure that only one bot instance is running' in text, text
    f.say('two')
    assert second.expect('text')['text'] == 'two'
    assert second.stop() == 0


def test_grammy_polls(place):
    by_polling(place, 'grammy')


def test_grammy_with_its_runner(place):
    f = everything(place, 'grammy', 'runner')
    assert f.bot.stop() == 0


def test_only_one_instance(place):
    only_one(place, 'grammy')


def test_only_one_instance_of_telegraf(place):
    only_one(place, 'telegraf')


def test_grammy_has_a_webhook(place):
    by_webhook(place, 'grammy', {'sendChatAction'})


def test_two_strangers_talk(place):
    """mtcute is the person, grammY the bot: neither knows that this is no Telegram."""
    f = Flow(place, 'grammy', 'polling')
    talk = peers.mtcute(f.told, chats=[], talk={'to': 'thistle_garden_bot', 'say': '/start', 'press': 'more:1'})['talk']
    assert f.bot.expect('start')['from'] == IVY
    assert f.bot.expect('button')['data'] == 'more:1'
    assert [e['kind'] for e in talk['said']['entities']] == ['bot_command'], talk
    assert (talk['back']['text'], talk['back']['sender']) == ('Hello, Ivy', BOT), talk
    assert talk['answer'] == {'text': 'you pressed more:1', 'alert': True}, talk
    assert f.bot.stop() == 0


def test_telegraf_polls(place):
    by_polling(place, 'telegraf')


def test_telegraf_has_a_webhook(place):
    by_webhook(place, 'telegraf', {'sendChatAction', 'answerCallbackQuery'})


story.main()
