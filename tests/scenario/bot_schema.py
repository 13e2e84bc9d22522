# SPDX-License-Identifier: MIT
"""All methods of the Bot API, called at the simulator with arguments made from the schema alone.

What it answers must be of the type that the schema says, field by field, with
nothing missing and nothing that the schema does not know; refusals must be
refusals of what was asked, never failures of the server.
"""
import http.client
import json
import os
import sys
import urllib.parse

import story

sys.path.insert(0, str(story.ROOT / 'tests' / 'peer'))
import botapi_judge  # noqa: E402

WORLD = story.ROOT / 'examples' / 'world' / 'world.json'
ROUNDS = int(os.environ.get('TOBS_SCHEMA_ROUNDS', '40'))
SEED = 3

IVY, BO, NOOR, BOT = 10001, 10002, 10003, 20001
CHATS = [IVY, IVY, BO, -1000000030004, -1000000030004, '@marsh_lane_garden', '@lane_notices']

RIGHTS = {name: True for name in ('change_info', 'post_messages', 'edit_messages', 'delete_messages', 'ban_users', 'invite_users',
                                  'pin_messages', 'add_admins', 'manage_call', 'manage_topics', 'other')}

# What makes a call fail unless it is just right.
SELDOM = {'business_connection_id', 'message_thread_id', 'direct_messages_topic_id', 'suggested_post_parameters',
          'ephemeral_message_parameters', 'message_effect_id', 'reply_parameters', 'inline_message_id', 'reply_markup', 'entities', 'rich_message'}

# These take the bot away, out of a chat, or its updates.
NOT_NOW = {'logOut', 'close', 'setWebhook', 'deleteWebhook', 'leaveChat'}


class Maker(botapi_judge.Maker):
    """Arguments that are about the world at hand as often as not."""

    def __init__(self, schema, header, seed, known):
        super().__init__(schema, header, seed)
        self.known = known  # {name of a field: values that mean something}
        self.files = False

    def wanted(self, f, c_type, depth):
        if not f.get('required') and f['name'] in SELDOM and self.random.random() < 0.95:
            return False
        if f['name'] in ('chat_id', 'message_id', 'text') and self.random.random() < 0.9:
            return True
        return super().wanted(f, c_type, depth) if self.all or f.get('required') else self.random.random() < 0.15

    def chat(self, f):
        made = super().chat(f)
        if self.random.random() < 0.9:
            made.json = self.random.choice(CHATS)
        return made

    def value(self, type_, c_type, f, depth):
        made = super().value(type_, c_type, f, depth)
        known = [IVY] if f['name'] == 'chat_id' and type_ == 'int' else self.known.get(f['name'])
        if known and self.random.random() < 0.8 and not isinstance(made.json, (dict, list)):
            made.json = self.random.choice(known)
        elif known and isinstance(made.json, list) and type_ == {'array': 'int'}:
            made.json = self.random.sample(known, min(2, len(known)))
        elif c_type == 'struct tobs_input_file' and self.random.random() < 0.9:
            made.json = self.random.choice(self.known['file_id'] + ['https://example.org/a.jpg'])
        return made


class Validator:
    """Finds what is wrong with a value."""

    def __init__(self, schema):
        self.schema = schema

    def wrong(self, type_, value, path):
        """'' when it is of that type."""
        if isinstance(type_, dict):
            return self.wrong_shape(type_, value, path)
        simple = {'int': lambda v: type(v) is int and abs(v) < 1 << 53, 'float': lambda v: type(v) in (int, float),
                  'bool': lambda v: type(v) is bool, 'true': lambda v: v is True, 'string': lambda v: type(v) is str}
        if type_ in simple:
            return '' if simple[type_](value) else f'{path}: {json.dumps(value)[:80]} is no {type_}'
        t = self.schema.types[type_]
        if 'enum' in t:
            return '' if value in t['enum'] else f'{path}: {value!r} is no {type_}'
        if 'union' in t:
            return self.wrong_union(type_, t['union'], value, path)
        return self.wrong_object(type_, t['fields'], value, path)

    def wrong_shape(self, type_, value, path):
        if 'array' in type_:
            if type(value) is not list:
                return f'{path}: no array'
            return next(filter(None, (self.wrong(type_['array'], v, f'{path}[{i}]') for i, v in enumerate(value))), '')
        if 'const' in type_:
            return '' if value == type_['const'] else f'{path}: {value!r} is not {type_["const"]!r}'
        if 'enum' in type_:
            return '' if value in type_['enum'] else f'{path}: {value!r} is none of {type_["enum"]}'
        return self.wrong_union('', [t for t in type_['union'] if not isinstance(t, dict) or 'object' not in t], value, path)

    def wrong_union(self, name, members, value, path):
        if name == botapi_judge.TEXT_OR_LIST and type(value) in (str, list):
            return '' if type(value) is str else self.wrong({'array': name}, value, path)
        found = [self.wrong(m, value, path) for m in members]
        return '' if '' in found else max(found, key=lambda text: text.count('.'))

    def wrong_object(self, name, fields, value, path):
        if type(value) is not dict:
            return f'{path}: no {name}'
        types = {f['name']: f['type'] for f in fields}
        for f in fields:
            if f.get('required') and f['name'] not in value:
                return f'{path}.{f["name"]}: missing in a {name}'
        for key in value:
            if key not in types:
                return f'{path}.{key}: a {name} has no such thing'
        return next(filter(None, (self.wrong(types[k], v, f'{path}.{k}') for k, v in value.items())), '')


class Api:
    def __init__(self, told):
        self.token = next(a['token'] for a in told['accounts'] if 'thistle' in a.get('username', ''))
        address = urllib.parse.urlparse(told['bot_api'])
        self.http = http.client.HTTPConnection(address.hostname, address.port, timeout=story.PATIENCE)

    def call(self, method, args, form=False):
        """(status, answer). As a form, objects are JSON in strings."""
        if form:
            body = urllib.parse.urlencode({k: v if isinstance(v, str) else json.dumps(v) for k, v in args.items()})
        else:
            body = json.dumps(args)
        kind = 'application/x-www-form-urlencoded' if form else 'application/json'
        self.http.request('POST', f'/bot{self.token}/{method}', body.encode(), {'Content-Type': kind})
        response = self.http.getresponse()
        return response.status, json.loads(response.read())

    def do(self, method, **args):
        status, answer = self.call(method, args)
        assert status == 200, (method, args, answer)
        return answer['result']


def settle(place, told, api):
    """The bot may do everything in some chats."""
    for chat, owner in (('garden', 'ivy'), ('café', 'pavel')):
        if chat == 'café':
            place.tell_sim(told, do='join', chat=chat, by=owner, user='thistle')
        place.tell_sim(told, do='member', chat=chat, by=owner, member={'user': 'thistle', 'role': 'admin', 'rights': RIGHTS})
    CHATS.append(api.do('getChat', chat_id='@lane_repair_cafe')['id'])


def what_is_there(place, told, api):
    """Things the world has, by the names that arguments have for them."""
    ids = []
    for chat in (IVY, -1000000030004):
        ids += [api.do('sendMessage', chat_id=chat, text=text)['message_id'] for text in ('here', 'there')]
        ids.append(api.do('sendPhoto', chat_id=chat, photo='https://example.org/a.jpg')['message_id'])
        ids.append(api.do('sendLocation', chat_id=chat, latitude=1, longitude=2, live_period=900)['message_id'])
        ids.append(api.do('sendPoll', chat_id=chat, question='tea?', options=[{'text': 'yes'}, {'text': 'no'}])['message_id'])
    files = [api.do('sendDocument', chat_id=IVY, document='https://example.org/notes.pdf')['document']['file_id'],
             api.do('sendPhoto', chat_id=IVY, photo='https://example.org/b.jpg')['photo'][-1]['file_id']]
    button = {'inline_keyboard': [[{'text': 'Press', 'callback_data': 'p'}]]}
    api.do('sendMessage', chat_id=IVY, text='press', reply_markup=button)
    pressed = place.tell_sim(told, do='press', by='ivy', chat='thistle', button='Press')['query']
    asked = place.tell_sim(told, do='inline', by='ivy', bot='thistle', query='q', chat='bo')['query']
    link = api.do('createChatInviteLink', chat_id=-1000000030004)['invite_link']
    topic = api.do('createForumTopic', chat_id='@lane_repair_cafe', name='Bulbs')['message_thread_id']
    return {'user_id': [IVY, BO, NOOR], 'from_chat_id': CHATS, 'sender_chat_id': [-1000000030004], 'message_id': ids, 'message_ids': ids,
            'message_thread_id': [topic], 'file_id': files, 'offset': [0], 'timeout': [0], 'limit': [1, 5], 'emoji': ['👍', '🎲'],
            'language_code': ['de', ''], 'currency': ['XTR'], 'until_date': [0], 'url': ['https://t.me/'], 'latitude': [52.5],
            'longitude': [13.4], 'horizontal_accuracy': [10], 'heading': [90], 'proximity_alert_radius': [100], 'live_period': [600],
            'callback_query_id': [pressed], 'inline_query_id': [asked], 'invite_link': [link], 'icon_color': [7322096],
            'text': ['text'], 'name': ['A name'], 'title': ['A title'], 'phone_number': ['+999 66 2 0002'], 'expire_date': [0]}


def answer_is_right(validator, schema, method, args, status, answer):
    """What is wrong with an answer; '' when nothing is."""
    if answer.get('ok') is True:
        known = {'ok', 'result', 'description'}
        wrong = validator.wrong(schema.methods[method]['returns'], answer.get('result'), 'result')
        return wrong or ('' if status == 200 and set(answer) <= known else f'{status} {sorted(answer)}')
    if answer.get('ok') is not False or set(answer) - {'ok', 'error_code', 'description', 'parameters'}:
        return f'neither ok nor not: {answer}'
    if status != answer.get('error_code') or not 400 <= status < 500 or not answer.get('description'):
        return f'{status}: {answer}'
    return ''


def setting(place):
    schema = botapi_judge.Schema(story.ROOT / 'schema' / 'botapi-10.3.json')
    header = botapi_judge.Header(*((story.ROOT / 'include' / 'tobs' / f'botapi_{name}.h').read_text() for name in ('types', 'methods')))
    told = place.sim('--world', str(WORLD), '--bot-api', '0', '--control', '0')
    api = Api(told)
    settle(place, told, api)
    return schema, header, told, api


def test_every_method_answers_as_the_schema_says(place):
    schema, header, told, api = setting(place)
    validator = Validator(schema)
    maker = Maker(schema, header, SEED, {})
    worked, bad = {}, []
    for n in range(ROUNDS):
        maker.known = what_is_there(place, told, api)
        for method in schema.methods:
            if method in NOT_NOW:
                continue
            maker.all = n == 1
            args = maker.arguments(method).json
            status, answer = api.call(method, args, form=n % 2 == 1)
            wrong = answer_is_right(validator, schema, method, args, status, answer)
            if wrong:
                bad.append(f'{method}: {wrong}\n    {json.dumps(args, ensure_ascii=False)[:600]}\n    {json.dumps(answer)[:600]}')
            if answer['ok']:
                worked[method] = worked.get(method, 0) + 1
                # That the validator looks: one thing too many is found.
                more = {**answer['result'], 'zz': 1} if isinstance(answer['result'], dict) else [[]]
                assert validator.wrong(schema.methods[method]['returns'], more, 'result'), method
    never = sorted(set(schema.methods) - set(worked) - NOT_NOW)
    print(f'# {ROUNDS} rounds: {len(worked)} methods worked; never: {" ".join(never)}')
    assert not bad, f'{len(bad)} answers:\n' + '\n'.join(bad[:20])
    assert len(worked) > 160, never


def test_every_message_of_the_sample_world(place):
    """Whatever there is in a chat can be forwarded and looks as the schema says, and so do replies to it."""
    schema, header, told, api = setting(place)
    validator = Validator(schema)
    kinds, bad = set(), []
    for chat in (IVY, -1000000030004, '@lane_repair_cafe', '@lane_notices'):
        last = api.do('sendMessage', chat_id=chat, text='No more.')['message_id']
        for id in range(1, last):
            for method, args in (('forwardMessage', {'chat_id': BO, 'from_chat_id': chat, 'message_id': id}),
                                 ('sendMessage', {'chat_id': chat, 'text': 'This one.', 'reply_parameters': {'message_id': id}})):
                status, answer = api.call(method, args)
                wrong = answer_is_right(validator, schema, method, {}, status, answer)
                if wrong:
                    bad.append(f'{method} {chat} {id}: {wrong}\n    {json.dumps(answer)[:900]}')
                if answer['ok']:
                    kinds |= set(answer['result']) | set(answer['result'].get('reply_to_message', {}))
    assert not bad, f'{len(bad)} messages:\n' + '\n'.join(bad[:20])
    print(f'# with {len(kinds)} different fields: {" ".join(sorted(kinds))}')
    assert len(kinds) > 40, kinds


def things_people_do(api, tell):
    """Commands, one after the other; an `id` of None is the newest that one was answered with."""
    garden, lane = 'garden', 'café'
    files = ['soup.pdf', 'tea', 'flight', 'round', 'voice', 'lane song', 'smile']
    button = {'inline_keyboard': [[{'text': 'Press', 'callback_data': 'p'}]]}
    for chat in ('thistle', garden, 'notices'):
        for more in [{'text': ['A ', {'bold': ['b ', {'italic': 'i'}]}, {'text_url': 'l', 'url': 'https://example.org/'}]}, {'photo': 'honeycomb'},
                     *({'file': key, 'text': 'with text'} for key in files),
                     {'media': {'_': 'messageMediaDice', 'value': 6, 'emoticon': '🎲'}},
                     {'media': {'_': 'messageMediaGeo', 'geo': [52.5, 13.4]}},
                     {'media': {'_': 'messageMediaContact', 'phone_number': '1', 'first_name': 'C', 'last_name': '', 'vcard': '', 'user_id': 'bo'}},
                     {'poll': {'question': 'Tea?', 'answers': ['yes', 'no']}}]:
            yield {'do': 'post', 'chat': chat, 'message': {'from': 'ivy', **more}}
        yield {'do': 'post', 'chat': chat, 'message': {'from': 'ivy', 'text': 'to edit'}}
        yield {'do': 'edit', 'chat': chat, 'by': 'ivy', 'id': None, 'text': 'edited'}
        yield {'do': 'pin', 'chat': chat, 'by': 'ivy', 'id': None}
    yield {'do': 'say', 'chat': 'thistle', 'by': 'ivy', 'text': '/start@thistle_garden_bot #tag https://example.org a@b.org +4930123456'}
    yield {'do': 'react', 'chat': 'thistle', 'by': 'ivy', 'id': None, 'reactions': ['👍']}
    yield {'do': 'say', 'chat': garden, 'by': 'bo', 'text': 'in the group'}
    yield {'do': 'react', 'chat': garden, 'by': 'bo', 'id': None, 'reactions': ['❤']}
    api.do('sendMessage', chat_id=IVY, text='press', reply_markup=button)
    yield {'do': 'press', 'chat': 'thistle', 'by': 'ivy', 'button': 'Press'}
    asked = tell(do='inline', by='ivy', bot='thistle', query='q', chat='garden')['query']
    api.do('answerInlineQuery', inline_query_id=asked, results=[{'type': 'article', 'id': '1', 'title': 't', 'reply_markup': button,
                                                                'input_message_content': {'message_text': 'found'}}])
    yield {'do': 'choose', 'query': asked, 'result': '1', 'chat': 'garden'}
    yield {'do': 'press', 'chat': 'garden', 'by': 'bo', 'button': 'Press'}
    poll = api.do('sendPoll', chat_id=IVY, question='q', options=[{'text': 'a'}, {'text': 'b'}], is_anonymous=False)
    yield {'do': 'vote', 'chat': 'thistle', 'by': 'ivy', 'id': tell(do='hear', by='ivy', chat='thistle')['heard'][-1]['id'], 'answers': [1]}
    api.do('stopPoll', chat_id=IVY, message_id=poll['message_id'])
    yield {'do': 'member', 'chat': garden, 'by': 'ivy', 'member': {'user': 'mei', 'role': 'admin', 'rights': RIGHTS, 'rank': 'Tomatoes'}}
    yield {'do': 'member', 'chat': garden, 'by': 'ivy', 'member': {'user': 'dede', 'role': 'banned'}}
    yield {'do': 'join', 'chat': garden, 'by': 'kai'}
    yield {'do': 'ask', 'chat': lane, 'by': 'kai', 'about': 'Hello.'}
    yield {'do': 'title', 'chat': garden, 'by': 'ivy', 'title': 'The garden'}
    yield {'do': 'photo', 'chat': garden, 'by': 'ivy', 'photo': 'harbour'}
    yield {'do': 'topic', 'chat': lane, 'by': 'pavel', 'title': 'Tape'}
    yield {'do': 'topic', 'chat': lane, 'by': 'pavel', 'id': None, 'title': 'Tapes', 'closed': True}
    yield {'do': 'found', 'kind': 'group', 'title': 'New', 'by': 'bo', 'users': ['thistle', 'ivy'], 'key': 'new one'}
    yield {'do': 'say', 'chat': 'new one', 'by': 'bo', 'text': '/start'}
    yield {'do': 'migrate', 'chat': 'kitchen', 'by': 'ivy'}
    link = api.do('createInvoiceLink', title='t', description='d', payload='p', currency='XTR', prices=[{'label': 'l', 'amount': 3}])
    yield {'do': 'pay', 'by': 'ivy', 'link': link, 'wait': 1}
    yield {'do': 'block', 'by': 'ivy', 'who': 'thistle'}


def test_updates(place):
    """What a bot hears of all that people do is as the schema says."""
    schema, header, told, api = setting(place)
    validator = Validator(schema)
    kinds = [f['name'] for f in schema.fields('Update') if f['name'] != 'update_id']
    offset, seen, fields, id, bad = 1, {}, set(), None, []
    api.do('getUpdates', allowed_updates=kinds, timeout=0)
    for command in things_people_do(api, lambda **command: place.tell_sim(told, **command)):
        command = {k: id if k == 'id' and v is None else v for k, v in command.items()}
        id = place.tell_sim(told, **command).get('id', id)
        for update in api.do('getUpdates', offset=offset, timeout=0):
            offset = update['update_id'] + 1
            kind = next(k for k in update if k != 'update_id')
            seen[kind] = seen.get(kind, 0) + 1
            fields |= set(update[kind])
            wrong = validator.wrong('Update', update, 'update')
            if wrong:
                bad.append(f'after {json.dumps(command)}: {wrong}\n    {json.dumps(update)[:900]}')
    assert not bad, f'{len(bad)} updates:\n' + '\n'.join(bad[:20])
    print(f'# {seen}; {len(fields)} different fields')
    assert len(seen) == 14, seen


def test_a_webhook_is_set_once_a_second(place):
    schema, header, told, api = setting(place)
    for n in range(100):
        status, answer = api.call('setWebhook', {'url': f'http://127.0.0.1:9/{n}'})
        if status == 429:
            break
    assert (status, answer['parameters']) == (429, {'retry_after': 1}), answer
    # Taking it away is always possible, so that a bot which starts again may poll.
    for _ in range(3):
        assert api.do('deleteWebhook') is True


def test_what_is_required_is_required(place):
    schema, header, told, api = setting(place)
    maker = Maker(schema, header, SEED, what_is_there(place, told, api))
    checked = 0
    for method, about in schema.methods.items():
        for f in about['params']:
            if not f.get('required'):
                continue
            args = {k: v for k, v in maker.arguments(method).json.items() if k != f['name']}
            status, answer = api.call(method, args)
            assert status == 400 and answer['error_code'] == 400, (method, f['name'], answer)
            checked += 1
    assert checked == 313, checked


story.main()
