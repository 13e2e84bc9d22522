# SPDX-License-Identifier: MIT
"""Worlds written by hand (docs/simulator.md), read once more: what somebody's chats must hold.

Nothing of the simulator is used, so that what it serves can be compared with
what the file says.
"""
import calendar
import dataclasses
import json
import re
import time

MIGRATED = {'messageActionChatMigrateTo', 'messageActionChannelMigrateFrom'}


@dataclasses.dataclass
class Message:
    date: int
    text: str
    entities: list  # (kind of the schema, offset, length, url or language or ''), UTF-16 units
    action: str     # '' when it is none
    file: str       # key of a photo or document, or ''
    label: str


def units(text):
    return len(text.encode('utf-16-le')) // 2


def parse_text(value, at=0):
    """Text and entities of a text of a world: a string, or parts."""
    if isinstance(value, str):
        return value, []
    text, entities = '', []
    for part in value:
        if isinstance(part, str):
            text += part
            continue
        kind = next(iter(part))
        inner, nested = parse_text(part[kind] if isinstance(part[kind], list) else [part[kind]], at + units(text))
        camel = ''.join(word.capitalize() for word in kind.split('_'))
        more = part.get('language', '') if kind == 'pre' else part.get('url', '') if kind == 'text_url' else ''
        entities.append(('messageEntity' + camel, at + units(text), units(inner), more))
        entities += nested
        text += inner
    return text, entities


def parse_date(value, before):
    if value is None:
        return before + 60
    if isinstance(value, int):
        return value
    if value.startswith('+'):
        scale = {'d': 86400, 'h': 3600, 'm': 60, 's': 1}
        return before + sum(int(n) * scale[unit] for n, unit in re.findall(r'(\d+)([dhms])', value))
    form = '%Y-%m-%d %H:%M:%S'[:{10: 8, 16: 14, 19: 17}[len(value)]]
    return calendar.timegm(time.strptime(value, form))


class World:
    def __init__(self, path):
        self.users, self.chats, self.files, self.histories = {}, {}, {}, []
        self.members, self.accounts = {}, []
        self.read(path)

    def read(self, path):
        document = json.loads(path.read_text())
        for one in document.get('users', []):
            self.users[one['key']] = one
        for one in document.get('chats', []):
            self.chats[one['key']] = one
        for one in document.get('files', []):
            self.files[one['key']] = {**one, 'folder': path.parent}
        self.accounts += document.get('accounts', [])
        for history in document.get('histories', []):
            self.histories.append((history, self.read_messages(history['messages'])))
        for name in document.get('include', []):
            self.read(path.parent / name)

    def read_messages(self, messages):
        out, date = [], 0
        for one in messages:
            date = parse_date(one.get('date'), date)
            text, entities = parse_text(one.get('text', ''))
            out.append(Message(date, text, entities, one.get('action', {}).get('_', ''),
                               one.get('photo', one.get('file', '')), one.get('label', '')))
        return out

    def chat_id(self, key):
        """As in the Bot API."""
        chat = self.chats[key]
        return -chat['id'] if chat['kind'] == 'group' else -1000000000000 - chat['id']

    def is_member(self, key, user):
        for member in self.chats[key]['members']:
            one = member if isinstance(member, dict) else {'user': member}
            if one['user'] == user:
                return one.get('role') not in ('left', 'banned')
        return False

    def chats_of(self, user):
        """{chat's id: its messages, oldest first} of the chats that `user` sees in the list."""
        out = {}
        for history, messages in self.histories:
            if 'chat' in history:
                if self.is_member(history['chat'], user):
                    out.setdefault(self.chat_id(history['chat']), []).extend(messages)
            elif 'between' in history:
                if user in history['between']:
                    other = next((key for key in history['between'] if key != user), user)
                    out.setdefault(self.users[other]['id'], []).extend(messages)
            elif history['saved'] == user:
                out.setdefault(self.users[user]['id'], []).extend(messages)
        self.add_forwarded_posts(out, user)
        return {id: sorted(messages, key=lambda m: m.date) for id, messages in out.items()}

    def add_forwarded_posts(self, out, user):
        """Posts of a channel appear in its discussion group; service messages do not."""
        for key, chat in self.chats.items():
            talk = chat.get('discussion')
            if talk and self.is_member(talk, user):
                posts = [m for history, messages in self.histories if history.get('chat') == key for m in messages]
                out[self.chat_id(talk)] = [m for m in posts if not m.action] + out.get(self.chat_id(talk), [])
