// Mutated PDUs into the SMPP codec and into live sessions of both roles: nothing may throw, hang, or lose a request.
//   node test/fuzz/smpp.ts --pdus 1000000 --sessions 2000 --seed 1

import { duplexPair } from 'node:stream'
import { parseArgs } from 'node:util'
import { decode, encode } from '#protocols/smpp/codec.ts'
import { parseReceiptText, receiptDateMs } from '#protocols/smpp/receipt-text.ts'
import { Session } from '#protocols/smpp/session.ts'
import { parseSmppTime } from '#protocols/smpp/smpp-time.ts'
import { viewPdu } from '#protocols/smpp/pdu-view.ts'
import { handClock } from '#values/clock.ts'
import { readHeader } from '#values/user-data-header.ts'
import { randomOctets, randomPdu, randomText } from './random-pdu.ts'
import { randomFrom, type Random } from './random.ts'

/** A PDU with some of its octets changed, left out, put in or cut off; its length mostly put right again, so that the rest is looked at. */
export function mutatedPdu(random: Random): Buffer {
  let bytes = encode(randomPdu(random))
  for (let n = random.below(4); n > 0; n--) {
    const at = random.below(bytes.length)
    const kind = random.below(4)
    if (kind === 0) bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)])
    else if (kind === 1) bytes = bytes.subarray(0, Math.max(16, at))
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), randomOctets(random, 8), bytes.subarray(at)])
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.below(8))])
    if (bytes.length < 16) bytes = Buffer.concat([bytes, Buffer.alloc(16)])
  }
  if (random.chance(0.97)) bytes.writeUInt32BE(bytes.length)
  return bytes
}

/** Throws when the codec does, or when what it read is not what it writes and reads again. */
export function fuzzCodec(seed: number, pdus: number): { read: number; malformed: number } {
  const random = randomFrom(seed)
  let malformed = 0
  for (let n = 0; n < pdus; n++) {
    const bytes = mutatedPdu(random)
    const pdu = decode(bytes)
    viewPdu(pdu)
    if (pdu.command === 'malformed') malformed++
    else {
      const again = encode(pdu)
      if (!encode(decode(again) as typeof pdu).equals(again))
        throw new Error(`read otherwise than written: ${bytes.toString('hex')}`)
    }
  }
  return { read: pdus - malformed, malformed }
}

/** What parses octets within a message. */
export function fuzzParsers(seed: number, runs: number): void {
  const random = randomFrom(seed)
  const words = ['id:', 'ID:', 'stat:', 'err:', 'text:', 'submit date:', 'done_date:', ' ', 'DELIVRD', '2601020304', ':', '\0']
  for (let n = 0; n < runs; n++) {
    readHeader(randomOctets(random, 30))
    const pieces = Array.from({ length: random.below(20) }, () =>
      random.chance(0.7) ? random.pick(words) : randomText(random, 5),
    )
    const receipt = parseReceiptText(Buffer.from(pieces.join(''), 'latin1'))
    if (receipt?.doneDate !== undefined) receiptDateMs(receipt.doneDate)
    const time = Array.from({ length: 15 }, () => random.below(10)).join('')
    const atMs = parseSmppTime(time + random.pick(['+', '-', 'R', '']), 1_750_000_000_000)
    if (Number.isNaN(atMs)) throw new Error(`${time} is not a number`)
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** One session that is fed mutated PDUs in random pieces while it sends requests of its own. Gives how it ended. */
async function fuzzOne(random: Random): Promise<string> {
  const [mine, theirs] = duplexPair()
  const clock = handClock()
  const role = random.pick(['esme', 'smsc'] as const)
  const session = new Session(mine, { role, clock, window: 5, peerWindow: 5, responseTimeoutMs: 1_000, maxPduBytes: 70_000 })
  const faults: unknown[] = []
  let [asked, answered, closed] = [0, 0, 0]
  const later: (() => void)[] = []
  session.start({
    onRequest(_, respond) {
      if (random.chance(0.5)) respond({ status: random.chance(0.2) ? 8 : 0, message_id: 'x' })
      else later.push(respond)
    },
    onClose: () => void closed++,
    onFault: (error) => void faults.push(error),
  })
  theirs.on('data', () => {})
  theirs.on('error', () => {})
  const ask = (command: 'bind_transceiver' | 'submit_sm' | 'deliver_sm'): void => {
    asked++
    session.send({ command, short_message: Buffer.from('hello') } as never, () => void answered++)
  }
  if (role === 'esme') ask('bind_transceiver')
  const bind = role === 'esme' ? 'bind_transceiver_resp' : 'bind_transceiver'
  const stream = Buffer.concat([encode({ command: bind, sequence: 1 }), ...Array.from({ length: 30 }, () => mutatedPdu(random))])
  for (let at = 0; at < stream.length;) {
    const size = 1 + random.below(random.pick([20, 2_000, 70_000]))
    if (theirs.writable) theirs.write(stream.subarray(at, at + size))
    at += size
    await turn()
    if (random.chance(0.3)) ask(role === 'esme' ? 'submit_sm' : 'deliver_sm')
    if (random.chance(0.3)) later.shift()?.()
    if (random.chance(0.1)) clock.advance(random.below(2_000))
  }
  for (const respond of later) respond()
  const state = session.state
  if (random.chance(0.5)) void session.unbind()
  await turn()
  clock.advance(60_000)
  session.close()
  const end = await session.closed
  await turn()
  clock.advance(10_000)
  if (closed !== 1) throw new Error(`closed ${closed} times`)
  if (answered !== asked) throw new Error(`${asked} requests, ${answered} answers`)
  if (faults.length > 0) throw faults[0]
  if (!mine.destroyed) throw new Error('the connection is left open')
  return state === 'closed' ? end.cause : state
}

export async function fuzzSessions(seed: number, sessions: number): Promise<Record<string, number>> {
  const random = randomFrom(seed)
  const ends: Record<string, number> = {}
  for (let n = 0; n < sessions; n++) {
    const end = await fuzzOne(random)
    ends[end] = (ends[end] ?? 0) + 1
  }
  return ends
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      pdus: { type: 'string', default: '200000' },
      sessions: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  })
  const seed = Number(values.seed)
  console.log(`seed ${seed}`)
  console.log('codec', fuzzCodec(seed, Number(values.pdus)))
  fuzzParsers(seed, Number(values.pdus))
  console.log('sessions', await fuzzSessions(seed, Number(values.sessions)))
}
