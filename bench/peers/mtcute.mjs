// SPDX-License-Identifier: MIT
// What mtcute takes for the same work. Arguments: the work and what it needs;
// prints one JSON object.
//
//     tl TASK                 decodes a page of messages, again and again
//     ige                     AES-256-IGE of 1 MiB
//     connect TASK            a connection, a key and the first call, in ms
//     fetch TASK              a chat's history, pages of 100
//     export TASK FILE        the same, and Markdown of it
//
// TASK is JSON: host, dc, port, key, api_id, api_hash, phone, code, messages
// (how many there are, with ids from 1 on), flight (pages at once).
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

// The packages lie where the tests have them.
const need = name => import(pathToFileURL(join(process.env.TOBS_PEERS, 'node_modules', name)))
const { MemoryStorage, TelegramClient, TcpTransport, IntermediatePacketCodec } = await need('@mtcute/node/index.js')
const { addPublicKey, NodeCryptoProvider } = await need('@mtcute/node/utils.js')

const PAGE = 100
const seconds = () => Number(process.hrtime.bigint()) / 1e9

// The best of some tries, a second each, in rounds a second.
function measure(round) {
  let best = 0
  for (let attempt = 0; attempt < 4; attempt++) {
    const began = seconds()
    let rounds = 0
    while (seconds() - began < 1) {
      for (let i = 0; i < 20; i++) round()
      rounds += 20
    }
    best = Math.max(best, rounds / (seconds() - began))
  }
  return best
}

// A page as the simulator gives it, in mtcute's layer.
async function tl(task) {
  const { TlBinaryReader, TlBinaryWriter } = await need('@mtcute/tl-runtime/index.js')
  const { __tlReaderMap: readers } = await need('@mtcute/core/tl/binary/reader.js')
  const { __tlWriterMap: writers } = await need('@mtcute/core/tl/binary/writer.js')
  const { client, peer } = await chat(task)
  const page = await client.call({ _: 'messages.getHistory', peer, offsetId: 1000, offsetDate: 0, addOffset: 0, limit: PAGE, maxId: 0,
                                   minId: 0, hash: 0 })
  await client.destroy()
  const bytes = TlBinaryWriter.serializeObject(writers, page)
  const rate = measure(() => new TlBinaryReader(readers, bytes).object())
  return { messages_s: rate * page.messages.length, bytes: bytes.length }
}

async function ige() {
  const crypto = new NodeCryptoProvider()
  await crypto.initialize()
  const bytes = new Uint8Array(1 << 20)
  const cipher = crypto.createAesIge(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2))
  return { mib_s: measure(() => cipher.decrypt(bytes)) }
}

async function connect(task) {
  const client = await meet(task)
  const began = seconds()
  await client.call({ _: 'help.getConfig' })
  const took = seconds() - began
  await client.destroy()
  return { connect_ms: took * 1e3 }
}

async function meet(task) {
  const crypto = new NodeCryptoProvider()
  await crypto.initialize()
  addPublicKey(crypto, readFileSync(task.key, 'utf8'))
  const dc = { id: task.dc, ipAddress: task.host, port: task.port }
  class Transport extends TcpTransport {
    packetCodec() { return new IntermediatePacketCodec() }
  }
  return new TelegramClient({
    apiId: task.api_id, apiHash: task.api_hash, storage: new MemoryStorage(), crypto, transport: new Transport(),
    defaultDcs: { main: dc, media: { ...dc, mediaOnly: true } }, logLevel: 0, disableUpdates: true,
  })
}

async function login(task) {
  const client = await meet(task)
  const { phoneCodeHash } = await client.sendCode({ phone: task.phone })
  await client.signIn({ phone: task.phone, phoneCodeHash, phoneCode: task.code })
  return client
}

async function chat(task) {
  const client = await login(task)
  let peer
  for await (const dialog of client.iterDialogs()) peer = await client.resolvePeer(dialog.peer.id)
  return { client, peer }
}

async function fetch(task, write) {
  const { client, peer } = await chat(task)
  const spent = process.cpuUsage()
  const began = seconds()
  let next = 0, got = 0
  const pages = Math.ceil(task.messages / PAGE)
  const worker = async () => {
    while (next < pages) {
      const page = next++
      const messages = await client.getHistory(peer, { limit: PAGE, offset: { id: page * PAGE + PAGE + 1, date: 0 } })
      got += messages.length
      if (write) await write(messages)
    }
  }
  await Promise.all(Array.from({ length: task.flight }, worker))
  const took = seconds() - began
  const cpu = process.cpuUsage(spent)
  await client.destroy()
  return { messages: got, messages_s: got / took, cpu_us: (cpu.user + cpu.system) / got, rss_kib: process.resourceUsage().maxRSS }
}

async function exported(task, file) {
  const out = createWriteStream(file)
  const answer = await fetch(task, async messages => {
    let text = ''
    for (const m of messages.reverse()) {
      const who = m.isService ? '' : m.sender.displayName
      text += `**${who}** ${m.date.toISOString()}\n${m.text}\n\n`
    }
    if (!out.write(text)) await once(out, 'drain')
  })
  out.end()
  await once(out, 'close')
  return answer
}

const [work, ...args] = process.argv.slice(2)
const works = { tl: task => tl(JSON.parse(task)), ige, connect: task => connect(JSON.parse(task)), fetch: task => fetch(JSON.parse(task)), export: (task, file) => exported(JSON.parse(task), file) }
console.log(JSON.stringify(await works[work](...args)))
process.exit(0)
