// SPDX-License-Identifier: MIT
// The TL codec against mtcute's, in both directions.
//
//     node tl_mtcute.mjs PROGRAM (tl_echo.c)
//
// What ours writes is read by mtcute, compared field by field with what
// tl_print() says, and written by mtcute to the same bytes; what mtcute writes is
// read and written by ours to the same bytes. mtcute's layer is one older, so older
// forms are among them.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import Long from 'long'
import { TlBinaryReader, TlBinaryWriter, TlSerializationCounter } from '@mtcute/tl-runtime'
// The maps are not public; nothing else of mtcute's is needed.
import { __tlReaderMap as readers } from './node_modules/@mtcute/core/tl/binary/reader.js'
import { __tlWriterMap as writers } from './node_modules/@mtcute/core/tl/binary/writer.js'

const PROGRAM = process.argv[2]
const require = createRequire(import.meta.url)
const api = require('@mtcute/core/tl/api-schema.json')
const LAYER = api.l
const entries = [...api.e, ...require('./node_modules/@mtcute/core/tl/mtp-schema.json')]
const byName = new Map(entries.map(one => [one.name, one]))
const camel = name => name.replace(/_([a-z0-9])/gi, (_, letter) => letter.toUpperCase())

function fail(...words) {
  console.error(...words)
  process.exit(1)
}

function ours(args, input) {
  const run = spawnSync(PROGRAM, args, { input, maxBuffer: 1 << 30 })
  if (run.status !== 0) fail('tl_echo', args, run.status, run.signal, run.stderr?.toString())
  return run
}

// ---- mtcute's codec, so that every 64-bit number and empty vector survives ----

// A vector without elements: mtcute writes conditional ones as if they were not there.
const EMPTY = { length: 1, forEach() {} }

class Reader extends TlBinaryReader {
  int53() {
    return this.long()
  }

  vector(reader, bare) {
    const items = super.vector(reader, bare)
    return items.length ? items : EMPTY
  }
}

class Writer extends TlBinaryWriter {
  int53(value) {
    if (Long.isLong(value)) this.long(value)
    else super.int53(value)
  }

  vector(write, items, bare) {
    super.vector(write, items === EMPTY ? [] : items, bare)
  }
}

function write(object) {
  const writer = new Writer(writers, new ArrayBuffer(TlSerializationCounter.countNeededBytes(writers, object)))
  writer.object(object)
  return Buffer.from(writer.result())
}

// ---- what tl_print() says, and what mtcute has ----

// JSON with integers of more than 15 digits as strings.
const parsePrinted = text => JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g,
                                                     token => token[0] === '"' ? token : `"${token}"`))

function sameValue(type, printed, value) {
  switch (type) {
    case 'int': case 'double': return Number(printed) === value
    case 'long': case 'int53': return String(printed) === value.toString()
    case 'string': case 'Bool': return printed === value
    case 'bytes': case 'int128': case 'int256': return printed === Buffer.from(value).toString('hex')
    default: return sameObject(printed, value)
  }
}

function sameField(argument, printed, value) {
  const { isVector, isBareVector } = argument.typeModifiers ?? {}
  if (printed === undefined || value === undefined) return printed === value
  if (!isVector && !isBareVector) return sameValue(argument.type, printed, value)
  if (value === EMPTY) return printed.length === 0
  return printed.length === value.length && printed.every((one, i) => sameValue(argument.type, one, value[i]))
}

function sameObject(printed, object) {
  const entry = byName.get(object._)
  // What the layer does not know is written as something else.
  if (object._.replace(/^mt_/, '') !== printed._) return STANDS_FOR[printed._] === object._
  for (const argument of entry.arguments) {
    const value = object[camel(argument.name)]
    const [word, bit] = argument.typeModifiers?.predicate?.split('.') ?? []
    if (argument.type === '#') continue
    if (argument.type === 'true') {
      if (value !== Boolean(printed[word] >> bit & 1)) return false
    } else if (!sameField(argument, printed[argument.name], value)) {
      return false
    }
  }
  return true
}

// ---- random values by mtcute's schema ----

let state = 20260228
function random(below) { // mulberry32
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) % below
}

const classes = new Map()
for (const one of entries) {
  if (one.kind !== 'class' || one.name.startsWith('mtcute.')) continue
  if (!classes.has(one.type)) classes.set(one.type, [])
  classes.get(one.type).push(one)
}

const depths = new Map() // of the shallowest value of each constructor
const typeDepth = type => classes.has(type) ? Math.min(...classes.get(type).map(one => depths.get(one.name) ?? 99)) : 0
for (let changed = true; changed;) {
  changed = false
  for (const one of entries) {
    const needed = one.arguments.filter(a => !a.typeModifiers?.predicate && !a.typeModifiers?.isVector)
    const depth = 1 + Math.max(-1, ...needed.map(a => typeDepth(a.type)))
    if (depth < (depths.get(one.name) ?? 99)) {
      depths.set(one.name, depth)
      changed = true
    }
  }
}

const PIECES = ['a', 'B', '7', ' ', 'é', 'Ж', 'ש', '漢', '👍🏽', '\u0000', '"', '\\']
const SIZES = [0, 1, 2, 3, 4, 30, 251, 252, 253, 254, 255, 256, 300]

function scalar(type) {
  const size = SIZES[random(SIZES.length)]
  switch (type) {
    case 'int': return random(4) ? random(1000) - 500 : [0, -1, 2147483647, -2147483648][random(4)]
    case 'long': return new Long(random(2 ** 32) | 0, random(2 ** 32) | 0)
    case 'int53': return (random(2) ? 1 : -1) * (random(2 ** 21) * 2 ** 32 + random(2 ** 32))
    case 'double': return (random(2 ** 32) - 2 ** 31) / 1024
    case 'Bool': return random(2) === 1
    case 'string': return Array.from({ length: size }, () => PIECES[random(PIECES.length)]).join('')
    case 'bytes': return Uint8Array.from({ length: size }, () => random(256))
    case 'int128': return Uint8Array.from({ length: 16 }, () => random(256))
    case 'int256': return Uint8Array.from({ length: 32 }, () => random(256))
    case 'X': case '!X': return { _: 'help.getConfig' }
    default: return undefined
  }
}

function valueOf(type, depth) {
  const plain = scalar(type)
  if (plain !== undefined) return plain
  let choice = byName.get(type) ? [byName.get(type)] : classes.get(type) // a bare type is a constructor's name
  if (!choice) fail('no type', type)
  if (depth > 3) choice = choice.filter(one => depths.get(one.name) === typeDepth(type))
  return objectOf(choice[random(choice.length)], depth + 1)
}

function objectOf(entry, depth = 0) {
  const object = { _: entry.name }
  const bits = new Map()
  for (const argument of entry.arguments) {
    const { predicate, isVector, isBareVector } = argument.typeModifiers ?? {}
    if (argument.type === '#') continue
    if (predicate) {
      // Fields of one bit are there together; few when deep.
      if (!bits.has(predicate)) bits.set(predicate, random(depth > 3 ? 12 : 2) === 0)
      if (!bits.get(predicate)) continue
    }
    if (argument.type === 'true') object[camel(argument.name)] = true
    else if (isVector || isBareVector) {
      const length = predicate ? 1 + random(2) : depth > 3 ? 0 : random(3)
      object[camel(argument.name)] = Array.from({ length }, () => valueOf(argument.type, depth))
    } else object[camel(argument.name)] = valueOf(argument.type, depth)
  }
  return object
}

// ---- the two directions ----

// mtcute never writes what only servers send with bare vectors, and calls its function for that wrongly.
const NEVER_WRITTEN = new Set(['mt_future_salts'])

// What schema/layer-227.tl has for constructors that layer does not know.
const STANDS_FOR = {
  messageActionChangeCommunity: 'messageActionEmpty',
  textDiff: 'textFixed',
  community: 'chatForbidden',
  communityForbidden: 'chatForbidden',
}

const list = ours(['list']).stdout.toString().trim().split('\n').map(line => line.split(' '))
const known = new Map(list.map(([id, name, kind]) => [parseInt(id, 16), { name, kind }]))

// Constructors and methods by id: both know, only mtcute, only ours (what is new in our layer).
const theirIds = new Set(entries.map(one => one.id >>> 0))
const common = entries.filter(one => known.has(one.id >>> 0))
const onlyTheirs = entries.filter(one => !known.has(one.id >>> 0)).map(one => one.name)
const onlyOurs = new Map([...known].filter(([id]) => !theirIds.has(id)))

for (const one of common) {
  const { name } = known.get(one.id >>> 0)
  if (name !== one.name.replace(/^mt_/, '')) fail('one id, two names:', name, one.name)
}

function fromOurs(copies) {
  const out = ours(['make', String(LAYER), '20240501', String(copies)]).stdout
  const read = new Set()
  let values = 0
  let unknown = 0
  for (let at = 0; at < out.length;) {
    const end = out.indexOf(10, at)
    const [length, printedLength] = out.subarray(at, end).toString().split(' ').map(Number)
    const wire = out.subarray(end + 1, end + 1 + length)
    const printed = out.subarray(end + 1 + length, end + 1 + length + printedLength).toString()
    at = end + 1 + length + printedLength
    const id = wire.readUInt32LE(0)
    const reader = new Reader(readers, wire)
    let object
    try {
      object = reader.object()
    } catch (error) {
      // Only for what mtcute's layer does not have, or, of methods, has no reader for.
      const missing = error.objectId
      if (missing === undefined || !(onlyOurs.has(missing) || known.get(missing)?.kind === 'method')) {
        fail('mtcute cannot read', printed.slice(0, 300), error)
      }
      unknown++
      continue
    }
    if (reader.pos !== wire.length) fail('mtcute leaves bytes of', printed.slice(0, 300))
    if (!sameObject(parsePrinted(printed), object)) fail('read otherwise:', printed, '\n', JSON.stringify(object))
    if (!NEVER_WRITTEN.has(object._) && !write(object).equals(wire)) fail('written otherwise:', printed, '\n', wire.toString('hex'), '\n', write(object).toString('hex'))
    read.add(id)
    values++
  }
  return { read, values, unknown }
}

function fromTheirs(copies) {
  const frames = []
  const wires = []
  for (const one of common.filter(one => !NEVER_WRITTEN.has(one.name))) {
    for (let n = 0; n < copies; n++) {
      const wire = write(objectOf(one))
      wires.push([one.name, wire])
      frames.push(Buffer.from(`${wire.length}\n`), wire)
    }
  }
  const { stdout: out, stderr } = ours(['echo', String(LAYER)], Buffer.concat(frames))
  const reasons = stderr.toString().split('\n')
  let at = 0
  for (const [name, wire] of wires) {
    const end = out.indexOf(10, at)
    const length = Number(out.subarray(at, end).toString())
    if (length < 0) fail('ours cannot read', name, reasons[0], wire.toString('hex'))
    const back = out.subarray(end + 1, end + 1 + length)
    if (!back.equals(wire)) fail('ours writes otherwise:', name, '\n', wire.toString('hex'), '\n', back.toString('hex'))
    at = end + 1 + length
  }
  if (at !== out.length) fail('more answers than questions')
  return wires.length
}

const first = fromOurs(8)
const second = fromTheirs(8)
const readable = common.filter(one => readers[one.id >>> 0])
const left = readable.filter(one => !first.read.has(one.id >>> 0)).map(one => one.name)

console.log(`layer ${LAYER}: ${common.length} constructors and methods in common, ${onlyTheirs.length} only mtcute's ` +
            `(${onlyTheirs.join(', ')}), ${onlyOurs.size} only ours`)
console.log(`ours to mtcute: ${first.values} values of ${first.read.size} constructors the same, ` +
            `${first.unknown} with something mtcute does not have; never read: ${left.length} (${left.join(', ')})`)
console.log(`mtcute to ours: ${second} values of ${common.length} the same`)

// So that nothing is left out in silence: these follow from the two schemas.
const EXPECTED = { common: 2459, onlyTheirs: 4, onlyOurs: 48, read: 1661 }
const have = { common: common.length, onlyTheirs: onlyTheirs.length, onlyOurs: onlyOurs.size, read: first.read.size }
for (const [what, count] of Object.entries(EXPECTED)) {
  if (have[what] !== count) fail(`${what}: ${have[what]}, expected ${count}`)
}
if (left.length) fail('never read')
