// SPDX-License-Identifier: MIT
// What our typed calls make of results, against JSON.parse.
//
//     node bot_results.mjs PROGRAM (bot_calls.c) CASES (botapi_judge.py results)
//
// A server answers each call with the result that was made up for it; the program
// writes what the call stored.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { isDeepStrictEqual } from 'node:util'

const [, , PROGRAM, CASES] = process.argv
const METHODS = 83 // that have a result; the others return True
const ME = { id: 110201543, is_bot: true, first_name: 'Recorder', username: 'recorder_bot' }

function fail(...words) {
  console.error(...words)
  process.exit(1)
}

const cases = JSON.parse(readFileSync(CASES, 'utf8'))
let next = -1 // the bot asks who it is first
const server = createServer(async (request, response) => {
  for await (const _ of request);
  const method = request.url.split('/').at(-1)
  const one = next < 0 ? { method: 'getMe', result: ME } : cases[next]
  next++
  if (one?.method !== method) fail(`call ${next}: ${method}, not ${one?.method}`)
  response.setHeader('content-type', 'application/json')
  // Every other answer is written as Telegram writes it, with \u escapes.
  const text = JSON.stringify({ ok: true, result: one.result })
  response.end(next % 2 ? text : text.replace(/[^ -~]/g, c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const child = spawn(PROGRAM, [], { stdio: ['ignore', 'pipe', 'inherit'],
                                   env: { ...process.env, BOT_API_ROOT: `http://127.0.0.1:${server.address().port}` } })
const chunks = []
child.stdout.on('data', chunk => chunks.push(chunk))
const [code, signal] = await once(child, 'close')
server.close()
server.closeAllConnections()
if (code !== 0) fail('bot_results', code, signal)

const lines = Buffer.concat(chunks).toString().split('\n').slice(0, -1)
if (lines.length !== cases.length) fail(`${cases.length} calls, ${lines.length} results`)
lines.forEach((line, i) => {
  const { method, result } = cases[i]
  if (!isDeepStrictEqual(JSON.parse(line), result)) fail(`${method} (case ${i})\n${JSON.stringify(result)}\nours: ${line}`)
})
const methods = new Set(cases.map(one => one.method))
if (methods.size !== METHODS) fail(`${methods.size} methods, expected ${METHODS}`)
console.log(`${METHODS} methods with a result, ${cases.length} results the same`)
