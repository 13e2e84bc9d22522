# SPDX-License-Identifier: MIT
"""The bots of examples/, as programs of their own: people talk with them through a simulated Telegram."""
import os
import pathlib
import subprocess

import story

FOLDER = pathlib.Path(os.environ['TOBS_EXAMPLES'])
SOON_MS = 60000


class Talk:
    """A simulator, one of the bots, and Ann, who talks with it."""

    def __init__(self, place, name, *args, env=None):
        self.place = place
        self.told = place.sim('--synthetic', 'plain,messages=3', '--bot-api', '0', '--control', '0', *args)
        self.bot = next(a for a in self.told['accounts'] if 'token' in a)
        self.ann = next(a for a in self.told['accounts'] if 'code' in a)['id']
        self.at = 0
        self.log = place.path / 'bot.log'
        more = {'BOT_TOKEN': self.bot['token'], 'BOT_API_ROOT': self.told['bot_api'], **(env or {})}
        self.process = subprocess.Popen([FOLDER / f'example_{name}'], cwd=place.cwd, env={**place.env, **more},
                                        stderr=open(self.log, 'w'))
        place.stack.callback(story.stop, self.process)

    def do(self, **command):
        return self.place.tell_sim(self.told, by=self.ann, chat=self.bot['id'], **command)

    def say(self, text):
        self.do(do='say', text=text)

    def post(self, **message):
        self.place.tell_sim(self.told, do='post', chat=self.bot['id'], message={'from': self.ann, **message})

    def hear(self):
        """What the bot says next: messages, oldest first."""
        answer = self.do(do='hear', after=self.at, wait=SOON_MS)
        self.at = answer['at']
        assert answer['heard'], self.log.read_text()
        return answer['heard']

    def says(self, *parts):
        heard = self.hear()
        text = str(heard)
        assert all(part in text for part in parts), (parts, heard, self.log.read_text())
        return heard

    def stop(self):
        self.process.terminate()
        assert self.process.wait(story.PATIENCE) == 0, self.log.read_text()


def test_bot(place):
    talk = Talk(place, 'bot')
    talk.say('/start')
    talk.says('Hello, ')
    talk.stop()


def test_echo(place):
    talk = Talk(place, 'echo')
    talk.say('hello')
    talk.says('hello')
    talk.post(media={'_': 'messageMediaGeo', 'geo': [52.5, 13.4]})
    talk.says('messageMediaGeo')
    talk.say('/help')
    talk.says('Say something')
    talk.stop()


def test_media(place):
    talk = Talk(place, 'media')
    talk.say('/start')
    talk.says('Send me a photo')
    place.tell_sim(talk.told, do='file', file={'key': 'hen', 'kind': 'photo', 'width': 320, 'height': 200,
                                              'path': str(story.ROOT / 'examples/world/media/bee.webp')})
    talk.post(photo='hen', text='my hen')
    talk.says('messageMediaDocument', 'my hen')
    text = place.write('notes.txt', 'one two\nthree\n')
    place.tell_sim(talk.told, do='file', file={'key': 'notes', 'kind': 'file', 'name': 'notes.txt', 'path': str(text)})
    talk.post(file='notes')
    talk.says('messageMediaDocument')
    talk.stop()


def test_shop(place):
    talk = Talk(place, 'shop', env={'PROVIDER_TOKEN': '1:TEST:1'})
    talk.say('/start')
    talk.says('What would you like?', 'Mug')
    talk.do(do='press', button='buy:mug')
    talk.says('Pay EUR 1250')
    home = {'_': 'postAddress', 'street_line1': 'Am Markt 1', 'street_line2': '', 'city': 'Bremen', 'state': '',
            'country_iso2': 'DE', 'post_code': '28195'}
    assert talk.do(do='pay', address=home, option='bike')['paid']
    talk.says('It goes to Bremen by bike, order 1.')
    talk.stop()


story.main()
