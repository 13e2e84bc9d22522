# SPDX-License-Identifier: MIT
"""Reads the Bot API's JSON schema into types, methods and fields as C will have them."""
import dataclasses
import json
import re

C_KEYWORDS = set('auto break case char const continue default do double else enum extern float for goto '
                 'if inline int long register restrict return short signed sizeof static struct switch '
                 'typedef union unsigned void volatile while bool true false '
                 'class public private protected new delete this template operator namespace using '
                 'friend virtual and or not xor typename catch try throw export explicit mutable '
                 'asm linux unix errno stdin stdout stderr'.split())

# A name that another public header has, or that says too little in a library of this size, gets
# `api_` in front. tests/unit/botapi/test_headers.c includes all headers together to hold this.
TAKEN = {'log_out', 'close'}

# Not C types of their own: the envelope of answers (botapi/answer.h reads it), and InputFile, which
# is written by hand (tobs/input_file.h).
BY_HAND = {'APIResponse', 'APIResponseOk', 'APIResponseError', 'APIMethodReturn', 'InputFile', 'Blob'}

# An inaccessible message has three of a message's fields, and date 0, which no message has.
SAME_AS = {'MaybeInaccessibleMessage': 'Message'}

# Types of arguments that the schema names and does not define.
UNDEFINED = {
    'SendPollType': 'PollType',
    'SendDiceEmoji': 'string',
    'SendChatActionAction': {'enum': [
        'typing', 'upload_photo', 'record_video', 'upload_video', 'record_voice', 'upload_voice',
        'upload_document', 'choose_sticker', 'find_location', 'record_video_note',
        'upload_video_note'], 'name': 'ChatAction'},
    'AnswerChatJoinRequestQueryResult': {'enum': ['approve', 'decline', 'queue'],
                                         'name': 'ChatJoinRequestQueryResult'},
    'CreateForumTopicIconColor': 'int',
    'GiftPremiumSubscriptionMonthCount': 'int',
    'PostStoryActivePeriod': 'int',
    'RepostStoryActivePeriod': 'int',
    'UploadStickerFileStickerFormat': 'InputStickerFormat',
    'CreateNewStickerSetStickerType': 'StickerType',
    'SetStickerSetThumbnailFormat': 'InputStickerFormat',
}

# Unions and enumerations that the schema has inside fields, without a name.
INLINE_NAMES = {
    ('HTML', 'MarkdownV2', 'Markdown'): 'ParseMode',
    ('InlineKeyboardMarkup', 'ReplyKeyboardMarkup', 'ReplyKeyboardRemove', 'ForceReply'): 'ReplyMarkup',
    ('InputMediaAudio', 'InputMediaDocument', 'InputMediaLivePhoto', 'InputMediaPhoto',
     'InputMediaVideo'): 'InputMedia',
    ('InputMediaAnimation', 'InputMediaAudio', 'InputMediaDocument', 'InputMediaPhoto',
     'InputMediaVideo', 'InputMediaVoiceNote'): 'InputRichMedia',
}

# A union that is handier as several pointers of which one is set: whose members have no
# discriminator, and which every sending method embeds.
CHOICES = {'ReplyMarkup': ('inline_keyboard', 'keyboard', 'remove_keyboard', 'force_reply')}

# Unions that may also be a plain string, or an array of themselves; the schema has objects only.
TEXT_OR_LIST = {'RichText'}

# Limits on the number of elements that the schema lacks: Bot API 10.3, the methods' own pages.
ITEMS = {
    ('forwardMessages', 'message_ids'): (1, 100),
    ('copyMessages', 'message_ids'): (1, 100),
    ('deleteMessages', 'message_ids'): (1, 100),
    ('sendPaidMedia', 'media'): (1, 10),
    ('sendPoll', 'options'): (1, 12),
    ('setMyCommands', 'commands'): (0, 100),
    ('answerInlineQuery', 'results'): (0, 50),
    ('createNewStickerSet', 'stickers'): (1, 50),
}

# What a person has to know about a field and the schema does not say.
NOTES = {
    ('sendPoll', 'is_anonymous'): 'true when left out: set has_is_anonymous to send false',
    ('answerInlineQuery', 'cache_time'): '300 s when left out: set has_cache_time to send 0',
    ('Message', 'date'): '0: the message is not accessible, only chat and message_id are there',
}


def snake(name):
    name = re.sub(r'([A-Z]+)([A-Z][a-z])', r'\1_\2', name)
    return re.sub(r'([a-z0-9])([A-Z])', r'\1_\2', name).lower()


def words(name):
    return snake(name).split('_')


def c_ident(name):
    return name + '_' if name in C_KEYWORDS else name


def public(name):
    name = snake(name)
    return 'api_' + name if name in TAKEN else name


@dataclasses.dataclass
class Field:
    name: str
    kind: str            # INT FLOAT BOOL TRUE STRING ENUM OBJECT ARRAY FILE CHAT_ID CHOICE CONST ALWAYS
    type: str = ''       # of OBJECT, ENUM, CHOICE, and of the elements of an ARRAY
    elem: str = ''       # of ARRAY: INT, STRING, OBJECT, ARRAY (of OBJECT)
    required: bool = False
    value: str = ''      # of CONST
    limit: tuple = ()    # (CHARS BYTES ITEMS RANGE, least, most)
    mode: str = ''       # the field that says how the text is marked up
    note: str = ''

    @property
    def c_name(self):
        return c_ident(self.name)

    @property
    def stored(self):
        return self.kind not in ('CONST', 'ALWAYS')

    @property
    def username(self):
        """The member that holds a chat's @name, beside its id."""
        return self.name[:-len('_id')] + '_username'

    @property
    def has(self):
        """The member that says that a scalar is there although it is zero."""
        return 'has_' + self.name if self.kind in ('INT', 'FLOAT', 'BOOL') and not self.required else ''


@dataclasses.dataclass
class Struct:
    name: str
    fields: list         # as the schema has them
    method: bool = False
    returns: tuple = ()  # of a method: ((kind, type, elem), may also be true)
    lead: tuple = ()     # fields that come first in memory, because a union's members share them

    @property
    def c_name(self):
        return public(self.name)

    @property
    def stored(self):
        """What C's struct has, in its order."""
        fields = [f for f in self.fields if f.stored]
        return [f for name in self.lead for f in fields if f.name == name] + \
            [f for f in fields if f.name not in self.lead]


@dataclasses.dataclass
class Variant:
    member: str
    kind: str   # OBJECT STRING ARRAY
    type: str
    tag: str = ''  # the discriminator's value
    key: str = ''  # a field that only this one of several has


@dataclasses.dataclass
class Union:
    name: str
    tag: str       # the discriminator
    variants: list
    shared: list   # fields that all have, hoisted
    choice: bool = False

    @property
    def c_name(self):
        return public(self.name)


@dataclasses.dataclass
class Enum:
    name: str
    values: list

    @property
    def c_name(self):
        return public(self.name)

    def constant(self, value):
        return f'TOBS_{self.c_name}_{snake(value)}'.upper()


def is_nameable(values):
    """Whether C constants can be made of an enumeration's values."""
    if not all(isinstance(v, str) and re.fullmatch(r'[A-Za-z][A-Za-z0-9_]*', v) for v in values):
        return False
    return len({snake(v) for v in values}) == len(values)


class Model:
    def __init__(self, path):
        data = json.loads(path.read_text())
        self.version = data['version']
        self.raw = data['types']
        self.enums, self.structs, self.unions = {}, {}, {}
        self.same_enum = {}
        for name, t in self.raw.items():
            if 'enum' in t:
                self.add_enum(name, t['enum'])
        for name, t in list(self.raw.items()):
            if 'fields' in t and name not in BY_HAND:
                self.structs[name] = Struct(name, [self.field(name, f) for f in t['fields']])
        self.methods = {name: Struct(name, [self.field(name, f) for f in m['params']], True,
                                     self.returned(m['returns']))
                        for name, m in data['methods'].items()}
        for name, t in self.raw.items():
            if 'union' in t and name not in BY_HAND and name not in SAME_AS:
                self.add_union(name, t['union'])
        for s in [*self.structs.values(), *self.methods.values()]:
            self.find_modes(s)
        self.check_names()

    # ---- types ----------------------------------------------------------

    def add_enum(self, name, values):
        if name == 'Currencies' or not is_nameable(values):
            return  # stays a string; currencies come and go
        for e in self.enums.values():
            if e.values == values:
                self.same_enum[name] = e.name  # one enumeration in C
                return
        self.enums[name] = Enum(name, values)

    def resolve(self, type_):
        """A named type: (kind, type)."""
        if type_ in UNDEFINED:
            target = UNDEFINED[type_]
            if isinstance(target, str):
                return self.resolve(target)
            self.enums.setdefault(target['name'], Enum(target['name'], target['enum']))
            return 'ENUM', target['name']
        if type_ in ('int', 'float', 'bool', 'true', 'string'):
            return type_.upper(), ''
        if type_ == 'InputFile':
            return 'FILE', ''
        type_ = self.same_enum.get(type_, type_)
        if type_ in self.enums:
            return 'ENUM', type_
        if type_ in SAME_AS:
            return 'OBJECT', SAME_AS[type_]
        if type_ not in self.raw:
            raise ValueError(f'no type {type_}')
        if 'enum' in self.raw[type_]:
            return 'STRING', ''
        return 'OBJECT', type_

    def type_of(self, type_, where):
        """(kind, type, kind of elements) of a field."""
        if isinstance(type_, str):
            return (*self.resolve(type_), '')
        if 'array' in type_:
            kind, name, elem = self.type_of(type_['array'], where)
            if kind == 'ARRAY' and elem == 'OBJECT':
                return 'ARRAY', name, 'ARRAY'
            if kind not in ('INT', 'STRING', 'OBJECT'):
                raise ValueError(f'{where}: no arrays of {kind}')
            return 'ARRAY', name, kind
        if 'enum' in type_:
            name = INLINE_NAMES[tuple(type_['enum'])]
            self.enums.setdefault(name, Enum(name, type_['enum']))
            return 'ENUM', name, ''
        if 'union' not in type_:
            raise ValueError(f'{where}: {type_}')
        # Objects with a toJSON are a convenience for JavaScript.
        members = [m for m in type_['union'] if not isinstance(m, dict)]
        if members == ['int', 'string']:
            return 'CHAT_ID', '', ''
        if members == ['InputFile', 'string']:
            return 'FILE', '', ''
        if len(members) == 1:
            return self.type_of(members[0], where)
        name = INLINE_NAMES[tuple(members)]
        if name not in self.raw and name not in self.unions:
            self.unions[name] = None  # filled in once all structs are known
            self.raw[name] = {'union': members}
        return ('CHOICE' if name in CHOICES else 'OBJECT'), name, ''

    def field(self, owner, f):
        where = f'{owner}.{f["name"]}'
        required = f.get('required', False)
        limit = next(((u.upper(), *f[u]) for u in ('chars', 'bytes', 'items', 'range') if u in f), ())
        if (owner, f['name']) in ITEMS:
            limit = ('ITEMS', *ITEMS[owner, f['name']])
        note = NOTES.get((owner, f['name']), '')
        if isinstance(f['type'], dict) and 'const' in f['type']:
            return Field(f['name'], 'CONST', required=True, value=f['type']['const'])
        kind, type_, elem = self.type_of(f['type'], where)
        if kind == 'TRUE' and required:
            return Field(f['name'], 'ALWAYS', required=True)
        return Field(f['name'], kind, type_, elem, required, limit=limit, note=note)

    def add_union(self, name, members):
        if name in CHOICES:
            variants = [Variant(CHOICES[name][i], 'OBJECT', m, key=self.key_of(m, members))
                        for i, m in enumerate(members)]
            self.unions[name] = Union(name, '', variants, [], True)
            return
        names = self.variant_names(members)
        variants, tags = [], set()
        for m in members:
            const = next((f for f in self.structs[m].fields if f.kind == 'CONST'), None)
            if const:
                tags.add(const.name)
            variants.append(Variant(names[m], 'OBJECT', m, const.value if const else ''))
        if len(tags) > 1:
            raise ValueError(f'{name}: {tags} tell its members apart')
        self.add_keys(variants)
        shared = self.shared_fields(members)
        if name in TEXT_OR_LIST:
            variants += [Variant('plain', 'STRING', ''), Variant('list', 'ARRAY', name)]
        taken = {v.member for v in variants} | {'kind', 'raw'}
        shared = [f for f in shared if f.c_name not in taken]
        for m in members:
            self.lead_with(self.structs[m], tuple(f.name for f in shared))
        self.unions[name] = Union(name, tags.pop() if tags else '', variants, shared)

    def variant_names(self, members):
        """Members' names without the words they all begin and end with."""
        split = {m: words(m) for m in members}
        first = last = 0
        while all(len(w) > first + 1 and w[first] == split[members[0]][first] for w in split.values()):
            first += 1
        while all(len(w) > first + last + 1 and w[-1 - last] == split[members[0]][-1 - last]
                  for w in split.values()):
            last += 1
        return {m: c_ident('_'.join(w[first:len(w) - last])) for m, w in split.items()}

    def key_of(self, member, others):
        """A required field that none of the others requires."""
        theirs = {f.name for o in others if o != member for f in self.structs[o].fields if f.required}
        return next(f.name for f in self.structs[member].fields if f.required and f.name not in theirs)

    def add_keys(self, variants):
        """Where the discriminator leaves several, each but the last has a field that those after it lack."""
        groups = {}
        for v in variants:
            groups.setdefault(v.tag, []).append(v)
        ordered = []
        for group in groups.values():
            left = sorted(group, key=lambda v: -sum(f.required for f in self.structs[v.type].fields))
            while len(left) > 1:
                for v in left:
                    theirs = {f.name for o in left if o is not v for f in self.structs[o.type].fields}
                    v.key = next((f.name for f in self.structs[v.type].fields
                                  if f.required and f.stored and f.name not in theirs), '')
                    if v.key:
                        break
                else:
                    raise ValueError(f'nothing tells {[v.type for v in left]} apart')
                left.remove(v)
                ordered.append(v)
            ordered += left
        variants[:] = ordered

    def shared_fields(self, members):
        first, *rest = (self.structs[m].stored for m in members)
        same = lambda a, b: (a.name, a.kind, a.type, a.elem, a.required) == (b.name, b.kind, b.type, b.elem, b.required)
        return [f for f in first if all(any(same(f, g) for g in fields) for fields in rest)
                and f.kind in ('INT', 'STRING', 'OBJECT', 'FILE', 'ARRAY') and not f.has]

    def lead_with(self, s, names):
        """The shared members lie at the same place in all of a union's structs."""
        longer, shorter = sorted((s.lead, names), key=len, reverse=True)
        if longer[:len(shorter)] != shorter:
            raise ValueError(f'{s.name}: {s.lead} and {names} cannot both come first')
        s.lead = longer

    def returned(self, type_):
        if isinstance(type_, dict) and 'union' in type_:
            first, second = type_['union']
            if second != 'true':
                raise ValueError(f'a method returns {type_}')
            return self.type_of(first, 'result'), True
        return self.type_of(type_, 'result'), False

    def find_modes(self, s):
        """Which parse mode a text's length depends on."""
        modes = {f.name for f in s.fields if f.type == 'ParseMode'}
        for f in s.fields:
            if f.limit and f.limit[0] == 'CHARS':
                own = f.name + '_parse_mode'
                if own in modes:
                    f.mode = own
                elif 'parse_mode' in modes and f.name in ('text', 'caption', 'message_text', 'title'):
                    f.mode = 'parse_mode'

    # ---- names ----------------------------------------------------------

    def arrays(self):
        """Types of which there are arrays (of arrays)."""
        once, twice = set(), set()
        fields = [f for s in [*self.structs.values(), *self.methods.values()] for f in s.fields]
        for kind, type_, elem in [(f.kind, f.type, f.elem) for f in fields] + \
                [m.returns[0] for m in self.methods.values()]:
            if kind == 'ARRAY' and elem in ('OBJECT', 'ARRAY'):
                once.add(type_)
                if elem == 'ARRAY':
                    twice.add(type_)
        for u in self.unions.values():
            once |= {v.type for v in u.variants if v.kind == 'ARRAY'}
        return sorted(once), sorted(twice)

    def check_names(self):
        seen = {}
        once, twice = self.arrays()
        made = [(x.c_name, x.name) for group in (self.enums, self.structs, self.unions, self.methods)
                for x in group.values()]
        made += [(u.c_name + '_kind', u.name) for u in self.unions.values()]
        made += [(public(t) + '_array', t) for t in once] + [(public(t) + '_array_array', t) for t in twice]
        for c_name, name in made:
            if c_name in seen:
                raise ValueError(f'{name} and {seen[c_name]} would both be tobs_{c_name}')
            seen[c_name] = name
        for s in [*self.structs.values(), *self.methods.values()]:
            members = [f.c_name for f in s.stored] + [f.has for f in s.stored if f.has] + \
                [f.username for f in s.stored if f.kind == 'CHAT_ID']
            if len(set(members)) != len(members):
                raise ValueError(f'{s.name}: {sorted(members)} are not all different')
