// SPDX-License-Identifier: MIT
// mtcute as a client of the simulator. Reads a task, one JSON object, from
// standard input and answers with one on standard output:
//
//     host, dc, port, key            the simulator's DC and public key (PEM file)
//     api_id, api_hash               the application
//     phone, codes, passwords        log-in: each is tried in turn
//     bot_token                      instead of a phone
//     transport                      intermediate, padded, obfuscated
//     pfs                            temporary keys (no files then: mtcute waits for ever for theirs)
//     chunk                          messages a page
//     chats                          ids of the chats to read; all when left out
//     talk                           {to, say, press}: writes to a bot, waits for what it says with a button,
//                                    and presses the button that has this data
//     files                          the largest file that is downloaded, in bytes
//
// Messages are mtcute's own objects as JSON: 64-bit numbers as strings, bytes
// as {"hex": …}.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { IntermediatePacketCodec, MemoryStorage, ObfuscatedPacketCodec, PaddedIntermediatePacketCodec, TcpTransport,
         TelegramClient, tl } from '@mtcute/node'
import { NodeCryptoProvider, parsePublicKey } from '@mtcute/node/utils.js'
// Not public, but addPublicKey() keeps a key where one whose fingerprint begins with a 0 is never found.
import { __publicKeyIndex } from './node_modules/@mtcute/core/tl/binary/rsa-keys.js'
import Long from 'long'

const TRANSPORTS = {
  intermediate: () => new IntermediatePacketCodec(),
  padded: () => new PaddedIntermediatePacketCodec(),
  obfuscated: () => new ObfuscatedPacketCodec(new PaddedIntermediatePacketCodec()),
}

const FILES = new Set(['photo', 'document', 'video', 'audio', 'voice', 'sticker'])

class Transport extends TcpTransport {
  constructor(name) {
    super()
    this.packetCodec = TRANSPORTS[name]
  }
}

const plain = value => JSON.parse(JSON.stringify(value, function (key) {
  const raw = this[key] // before toJSON()
  if (Long.isLong(raw)) return raw.toString()
  if (ArrayBuffer.isView(raw)) return { hex: Buffer.from(raw).toString('hex') }
  return raw
}))

const refused = async call => {
  try {
    await call()
  } catch (error) {
    if (tl.RpcError.is(error)) return error.text
    throw error
  }
  return null
}

// The answers that were refused go into `wrong`, in their order.
async function login(client, task, wrong) {
  if (task.bot_token) return client.signInBot(task.bot_token)
  const sent = await client.sendCode({ phone: task.phone })
  for (const phoneCode of task.codes) {
    const error = await refused(() => client.signIn({ phone: task.phone, phoneCodeHash: sent.phoneCodeHash, phoneCode }))
    if (!error) return client.getMe()
    wrong.push(error)
  }
  for (const password of task.passwords) {
    const error = await refused(() => client.checkPassword(password))
    if (!error) return client.getMe()
    wrong.push(error)
  }
  return null
}

// What mtcute's own types make of a message: every getter is asked, as an
// application would; but for `link`, which not every chat has.
function understand(message) {
  for (let proto = message; proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(proto))) {
      if (property.get && name !== 'link') void message[name]
    }
  }
  return {
    id: message.id,
    date: message.date.getTime() / 1000,
    text: message.text,
    entities: message.entities.map(one => ({ kind: one.params.kind, offset: one.offset, length: one.length })),
    media: message.media?.type ?? null,
    action: message.action?.type ?? null,
    sender: message.isService || message.sender ? message.sender?.id ?? null : null,
    raw: plain(message.raw),
  }
}

async function fetchFile(client, media) {
  const bytes = await client.downloadAsBuffer(media)
  return {
    id: media.raw.id?.toString() ?? null,
    name: media.fileName ?? null,
    dc: media.dcId ?? null,
    told: media.fileSize ?? null,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
}

// The newest message with buttons, once there is one that is newer than `after`.
async function answerWithButtons(client, to, after) {
  for (;;) {
    const found = (await client.getHistory(to, { limit: 5 })).find(message => message.id > after && message.markup)
    if (found) return found
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function talk(client, { to, say, press }) {
  const said = await client.sendText(to, say)
  const back = await answerWithButtons(client, to, said.id)
  const answer = await client.getCallbackAnswer({ chatId: to, message: back.id, data: press })
  return { said: understand(said), back: understand(back), answer: { text: answer.message, alert: answer.alert } }
}

async function readChat(client, peer, task) {
  const messages = []
  const files = []
  for await (const message of client.iterHistory(peer, { chunkSize: task.chunk ?? 100 })) {
    messages.push(understand(message))
    const media = message.media
    if (FILES.has(media?.type) && (media.fileSize ?? 0) <= (task.files ?? -1)) files.push(await fetchFile(client, media))
  }
  return { messages, files }
}

async function run(task) {
  const crypto = new NodeCryptoProvider()
  await crypto.initialize()
  const key = parsePublicKey(crypto, readFileSync(task.key, 'utf8'))
  __publicKeyIndex[key.fingerprint.replace(/^0+/, '')] = key
  const dc = { id: task.dc, ipAddress: task.host, port: task.port }
  const errors = []
  const client = new TelegramClient({
    apiId: task.api_id,
    apiHash: task.api_hash,
    storage: new MemoryStorage(),
    crypto,
    transport: new Transport(task.transport ?? 'intermediate'),
    defaultDcs: { main: dc, media: { ...dc, mediaOnly: true } },
    logLevel: task.log ?? 1,
    network: { usePfs: task.pfs ?? false },
  })
  client.log.mgr.handler = (color, level, tag, format, args) => console.error(level, tag, format, ...args)
  client.onError.add(error => errors.push(String(error)))
  const answer = { wrong: [], chats: [] }
  const me = await login(client, task, answer.wrong)
  if (me) {
    answer.me = { id: me.id, name: me.displayName, username: me.username }
    if (task.talk) answer.talk = await talk(client, task.talk)
    if (!task.bot_token) {
      for await (const { peer } of client.iterDialogs({ archived: 'keep' })) {
        if (task.chats && !task.chats.includes(peer.id)) continue
        answer.chats.push({ id: peer.id, title: peer.displayName, ...(await readChat(client, peer, task)) })
      }
    }
  }
  answer.dc = await client.getPrimaryDcId()
  answer.errors = [...errors] // what is cut off by the end is none
  await client.destroy()
  return answer
}

const task = JSON.parse(readFileSync(0, 'utf8'))
const answer = await run(task)
// mtcute keeps a timer for the next temporary key.
process.stdout.write(JSON.stringify(answer), () => process.exit(0))
