// SPDX-License-Identifier: MIT
// What our decoder makes of random updates against JSON.parse.
//
//     node bot_updates.mjs PROGRAM (bot_decode.c) < lines of botapi_judge.py updates
//
// Values, names and integers up to 2^53 must be the same, nothing may be lost, and
// what nobody knows must not be in the way.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'

const PROGRAM = process.argv[2]
const KINDS = 27

function fail(...words) {
  console.error(...words)
  process.exit(1)
}

function decoded(texts, ...args) {
  const run = spawnSync(PROGRAM, args, { input: texts.join('\n') + '\n', maxBuffer: 1 << 30 })
  if (run.status !== 0) fail(run.stderr?.toString().slice(0, 2000), run.status, run.signal)
  const lines = run.stdout.toString().split('\n').slice(0, -1)
  if (lines.length !== texts.length) fail(`${texts.length} updates, ${lines.length} answers`)
  return lines
}

// Where two values differ, for people.
function difference(a, b, path = '') {
  if (isDeepStrictEqual(a, b)) return ''
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return `${path}: ${JSON.stringify(a)}, ours ${JSON.stringify(b)}`
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = difference(a[key], b[key], `${path}.${key}`)
    if (found) return found
  }
  return `${path}: differ`
}

const cases = readFileSync(0, 'utf8').trim().split('\n').map(line => JSON.parse(line))
const kinds = new Map(cases.map(([kind]) => [kind, 0]))
let values = 0
const fields = value => typeof value === 'object' && value ? Object.values(value).reduce((n, v) => n + fields(v), 0) : 1
for (const [how, texts] of [['plain', cases.map(c => c[1])], ['with unknown fields', cases.map(c => c[2])]]) {
  for (const args of [[], ['again']]) {
    decoded(texts, ...args).forEach((line, i) => {
      const [kind, text] = cases[i]
      const want = JSON.parse(text)
      const found = difference(want, JSON.parse(line))
      if (found) fail(`${kind}, ${how} ${args}: ${found}\n${text.slice(0, 2000)}\n${line.slice(0, 2000)}`)
      values += fields(want)
      kinds.set(kind, kinds.get(kind) + 1)
    })
  }
}
if (kinds.size !== KINDS) fail(`${kinds.size} kinds of updates, expected ${KINDS}`)
console.log(`${KINDS} kinds of updates, ${cases.length} updates, read four times: ${values} values the same`)
