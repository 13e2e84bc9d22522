// SPDX-License-Identifier: MIT
// Every method of the Bot API, called by us and by grammY with the same arguments.
//
//     node bot_methods.mjs PROGRAM (bot_calls.c) CASES (botapi_judge.py calls)
//
// A server records what comes: the method, and the arguments, whichever way they
// are sent. What is said in JSON strings inside forms is parsed; a file is what was
// sent under the name that refers to it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import { Api, InputFile } from 'grammy'

const [, , PROGRAM, CASES] = process.argv
const METHODS = 185
const ME = { id: 110201543, is_bot: true, first_name: 'Recorder', username: 'recorder_bot' }
const TOKEN = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx'

function fail(...words) {
  console.error(...words)
  process.exit(1)
}

// ---- what came ----

// The parts of a form: { name, filename, bytes }.
function partsOf(body, boundary) {
  const mark = Buffer.from(`--${boundary}`)
  const parts = []
  let at = body.indexOf(mark)
  if (at !== 0) fail('a form begins with', body.subarray(0, 80).toString())
  for (;;) {
    at += mark.length
    if (body.subarray(at, at + 2).toString() === '--') break
    const head = body.indexOf('\r\n\r\n', at)
    const end = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), head)
    if (head < 0 || end < 0) fail('a form without end', body.subarray(at).toString())
    const lines = body.subarray(at + 2, head).toString()
    const name = /name="([^"]*)"/i.exec(lines)?.[1]
    const filename = /filename="?([^";\r\n]*)"?/i.exec(lines)?.[1]
    if (name === undefined) fail('a part without name:', lines)
    parts.push({ name, filename, bytes: body.subarray(head + 4, end) })
    at = end + 2
  }
  return parts
}

// Strings stay what they are: whether one is to be parsed says the argument that was meant.
function argumentsOf(request, body, meant) {
  const type = request.headers['content-type'] ?? ''
  if (!body.length) return {}
  if (type.startsWith('application/json')) return JSON.parse(body.toString())
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/.exec(type)?.[1]
  if (!boundary) fail('a body of type', type)
  const parts = partsOf(body, boundary)
  const files = new Map(parts.filter(p => p.filename !== undefined).map(p => [p.name, p]))
  const unused = new Set(files.keys())
  const attach = value => {
    if (typeof value === 'string' && value.startsWith('attach://')) {
      const file = files.get(value.slice('attach://'.length))
      if (!file) fail(value, 'is not there')
      unused.delete(file.name)
      return { $file: { name: file.filename, text: file.bytes.toString() } }
    }
    if (Array.isArray(value)) return value.map(attach)
    if (typeof value === 'object' && value) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, attach(v)]))
    return value
  }
  const args = {}
  for (const { name, filename, bytes } of parts) {
    if (filename !== undefined) continue
    if (name in args) fail(name, 'is there twice')
    const text = bytes.toString()
    const parsed = typeof meant[name] === 'string' || meant[name]?.$file ? text : JSON.parse(text)
    args[name] = attach(parsed)
  }
  // A file may also be the part of the argument's own name, as setWebhook's certificate has to be.
  for (const name of [...unused].filter(name => name in meant && !(name in args))) {
    const { filename, bytes } = files.get(name)
    args[name] = { $file: { name: filename, text: bytes.toString() } }
    unused.delete(name)
  }
  if (unused.size) fail('files nobody refers to:', [...unused])
  return args
}

const recorded = []
const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const [, token, method] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url) ?? fail('asked for', request.url)
  if (token !== TOKEN) fail('another token')
  recorded.push({ method, request, body: Buffer.concat(chunks) })
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ ok: true, result: method === 'getMe' ? ME : true }))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const root = `http://127.0.0.1:${server.address().port}`

// ---- the two callers ----

async function byOurs() {
  const child = spawn(PROGRAM, [], { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, BOT_API_ROOT: root } })
  const [code, signal] = await once(child, 'exit')
  if (code !== 0) fail('bot_calls', code, signal)
  const found = recorded.splice(0)
  if (found[0]?.method !== 'getMe') fail('it begins with', found[0]?.method)
  return found.slice(1)
}

const withFiles = value => {
  if (Array.isArray(value)) return value.map(withFiles)
  if (typeof value !== 'object' || !value) return value
  if (value.$file) return new InputFile(Buffer.from(value.$file.text), value.$file.name)
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withFiles(v)]))
}

async function byGrammy(cases) {
  const api = new Api(TOKEN, { apiRoot: root })
  for (const { method, args } of cases) await (Object.keys(args).length ? api.raw[method](withFiles(args)) : api.raw[method]())
  return recorded.splice(0)
}

const cases = JSON.parse(readFileSync(CASES, 'utf8'))
const ours = await byOurs()
const theirs = await byGrammy(cases)
server.close()
server.closeAllConnections()

const methods = new Set()
let forms = 0
cases.forEach(({ method, args }, i) => {
  if (ours[i]?.method !== method) fail(`case ${i}: we called ${ours[i]?.method}, not ${method}`)
  if (theirs[i]?.method !== method) fail(`case ${i}: grammY called ${theirs[i]?.method}, not ${method}`)
  const [a, b] = [ours[i], theirs[i]].map(one => argumentsOf(one.request, one.body, args))
  if (!isDeepStrictEqual(a, b)) fail(`${method} (case ${i})\nwe said      ${JSON.stringify(a)}\ngrammY said  ${JSON.stringify(b)}`)
  if (!isDeepStrictEqual(a, args)) fail(`${method} (case ${i})\nboth said ${JSON.stringify(a)}\nmeant was ${JSON.stringify(args)}`)
  methods.add(method)
  forms += ours[i].request.headers['content-type']?.startsWith('multipart') ?? false
})
if (ours.length !== cases.length || theirs.length !== cases.length) fail('more calls than cases', ours.length, theirs.length)
if (methods.size !== METHODS) fail(`${methods.size} methods, expected ${METHODS}`)
if (forms < 40) fail(`only ${forms} calls sent files`)
console.log(`${METHODS} methods, ${cases.length} calls, the same from us and from grammY; ${forms} with files`)
