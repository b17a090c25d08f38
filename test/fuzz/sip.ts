// Mutated SIP messages into the parser, the URI and header readers, the digest readers and the framing of streams: nothing may throw or hang,
// and what is read is what is written and read again.
//   node test/fuzz/sip.ts --messages 1000000 --seed 1

import { readdirSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseCSeq, parseRAck } from '#protocols/sip/cseq.ts'
import { answerText, parseChallenge, parseCredentials } from '#protocols/sip/digest.ts'
import { splitList } from '#protocols/sip/grammar.ts'
import { parseReplaces, parseSessionExpires, parseWord } from '#protocols/sip/header-values.ts'
import { maxMessageBytes, parseMessage, serialise } from '#protocols/sip/message-codec.ts'
import { nameAddrText, parseNameAddr } from '#protocols/sip/name-addr.ts'
import { parseReasons, reasonText } from '#protocols/sip/reason-header.ts'
import { StreamFramer } from '#protocols/sip/stream-framer.ts'
import { parseTel, parseUri, sameUri, uriText } from '#protocols/sip/uri.ts'
import { parseVia, viaText } from '#protocols/sip/via.ts'
import { randomFrom, type Random } from './random.ts'

const folder = new URL('../vectors/sip/', import.meta.url)
const wellKnown: readonly Buffer[] = ['rfc4475', 'rfc5118'].flatMap((rfc) =>
  readdirSync(new URL(`${rfc}/`, folder)).map((file) => readFileSync(new URL(`${rfc}/${file}`, folder))),
)
const splinters = [
  '\r\n',
  '\r\n\r\n',
  '\n',
  ' ',
  '\t',
  ',',
  ';',
  ':',
  '"',
  '\\',
  '<',
  '>',
  '%',
  '%00',
  '@',
  '[',
  ']',
  '=',
  '?',
  '*',
  '(',
  ':::',
  '4294967296',
  '-1',
  'SIP/2.0',
  'sip:',
  'tel:',
  'Content-Length: 5\r\n',
  'l:99999\r\n',
  'v: SIP/2.0/UDP a;rport\r\n',
  'm: *\r\n',
  'Digest realm="a", nonce="b"',
  'Q.850;cause=16',
]

/** A message of the standards with some of its octets changed, left out, doubled or mixed with the words of the grammar. */
export function mutatedMessage(random: Random): Buffer {
  let bytes = random.pick(wellKnown)
  for (let n = random.below(5); n > 0; n--) {
    const at = random.below(bytes.length + 1)
    const kind = random.below(5)
    if (kind === 0) bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([random.below(256)]), bytes.subarray(at + 1)])
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(splinters)), bytes.subarray(at)])
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.below(20))])
    else if (kind === 3) bytes = bytes.subarray(0, at)
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - random.below(60)))])
  }
  return bytes
}

/** Throws when the parser does, or when what it read is not what it writes and reads again. */
export function fuzzMessages(seed: number, messages: number): { read: number; faulty: number } {
  const random = randomFrom(seed)
  let faulty = 0
  for (let n = 0; n < messages; n++) {
    const bytes = mutatedMessage(random)
    const { message, fault } = parseMessage(bytes)
    if (message !== undefined) for (const [, value] of message.headers.entries()) readValue(value)
    if (fault !== undefined) {
      faulty++
      if (message !== undefined) parseMessage(serialise(message))
      continue
    }
    const written = serialise(message!)
    const again = parseMessage(written)
    if (again.fault !== undefined || !serialise(again.message).equals(written))
      throw new Error(`read otherwise than written: ${bytes.toString('hex')}`)
  }
  return { read: messages - faulty, faulty }
}

/** Everything that reads one value of a header; what is written of it is read alike. */
function readValue(value: string): void {
  splitList(value)
  for (const read of [parseCSeq, parseRAck, parseReplaces, parseSessionExpires, parseWord, parseTel]) read(value)
  parseCredentials(value)
  const challenge = parseChallenge(value)
  const login = { username: 'u', password: 'p' }
  if (challenge !== undefined) parseCredentials(answerText({ challenge, login, method: 'INVITE', uri: 'sip:a', cnonce: 'c' }))
  for (const reason of parseReasons(value)) parseReasons(reasonText(reason))
  const via = parseVia(value)
  if (via !== undefined) expectSame(viaText(via), viaText(parseVia(viaText(via))!))
  const address = parseNameAddr(value)
  if (address === undefined) return
  expectSame(nameAddrText(address), nameAddrText(parseNameAddr(nameAddrText(address))!))
  readUri(address.uri)
}

function readUri(text: string): void {
  const uri = parseUri(text)
  if (uri === undefined) return
  const again = parseUri(uriText(uri))
  if (again === undefined || !sameUri(uri, again)) throw new Error(`read otherwise than written: ${text}`)
  expectSame(uriText(uri), uriText(again))
}

function expectSame(written: string, again: string): void {
  if (written !== again) throw new Error(`written otherwise the second time: ${written} and ${again}`)
}

/** URIs put together of pieces of URIs. */
export function fuzzUris(seed: number, uris: number): number {
  const random = randomFrom(seed)
  const pieces = [
    ...splinters,
    'alice',
    'example.net',
    '192.0.2.1',
    '[2001:db8::1]',
    '5060',
    'lr',
    'transport=tcp',
    '&',
    'ü',
    '%FF',
  ]
  let read = 0
  for (let n = 0; n < uris; n++) {
    let text = random.pick(['sip:', 'sips:', 'sip:alice@', 'sip:alice@example.net', ''])
    for (let more = random.below(8); more > 0; more--) text += random.pick(pieces)
    if (parseUri(text) !== undefined) read++
    readUri(text)
  }
  return read
}

/** Streams of mutated messages in random chunks: what is cut is the same for the same octets in one piece. */
export function fuzzStreams(seed: number, streams: number): { broken: number; frames: number } {
  const random = randomFrom(seed)
  const counts = { broken: 0, frames: 0 }
  for (let n = 0; n < streams; n++) {
    const bytes = Buffer.concat(
      Array.from({ length: random.below(8) }, () => (random.chance(0.5) ? mutatedMessage(random) : whole(random))),
    )
    const once = cut(bytes, () => bytes.length)
    const pieces = cut(bytes, () => 1 + random.below(random.pick([3, 200, 70_000])))
    if (once.text !== pieces.text) throw new Error(`cut otherwise in pieces: ${bytes.toString('hex')}`)
    if (once.broken) counts.broken++
    counts.frames += once.frames
  }
  return counts
}

/** A message whose Content-Length is right, so that the stream goes on after it, or a keep-alive. */
function whole(random: Random): Buffer {
  const { message } = parseMessage(random.pick(wellKnown))
  return message === undefined || random.chance(0.2) ? Buffer.from('\r\n\r\n') : serialise(message)
}

function cut(bytes: Buffer, size: () => number): { text: string; broken: boolean; frames: number } {
  const framer = new StreamFramer()
  const told: string[] = []
  for (let at = 0; at < bytes.length;) {
    const next = Math.min(bytes.length, at + size())
    for (const frame of framer.push(Buffer.from(bytes.subarray(at, next)))) {
      if (frame.bytes.length > maxMessageBytes && frame.parsed?.fault === undefined) throw new Error('a message beyond the limit')
      // What ends a stream is told alike; how much of it had come depends on the chunks.
      told.push(frame.ping ? 'ping' : (frame.parsed.fault?.detail ?? frame.bytes.toString('latin1')))
    }
    at = next
  }
  return { text: told.join('\0'), broken: framer.broken, frames: told.length }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      messages: { type: 'string', default: '200000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  })
  const seed = Number(values.seed)
  const messages = Number(values.messages)
  console.log(`seed ${seed}`)
  console.log('messages', fuzzMessages(seed, messages))
  console.log('URIs read', fuzzUris(seed, messages))
  console.log('streams', fuzzStreams(seed, Math.ceil(messages / 20)))
}
