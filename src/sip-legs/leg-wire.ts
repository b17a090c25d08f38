// Which call each SIP message is of, by its Call-ID, so that it can be kept as evidence for that call's timeline. An INVITE comes before
// anybody knows whose call it is: messages of calls that may come to be are held for a moment, so many at most, and those of nobody's are
// forgotten. Secrets are taken out here, before anything is kept, and who calls where that is not to be told.

import type { WireRecord } from '#protocols/sip/stack-parts.ts'
import { parseMessage } from '#protocols/sip/message-codec.ts'
import type { Clock } from '#values/clock.ts'
import { withheldIn, withhold } from './withheld.ts'

/** As the store of evidence takes it; the bytes may be used again once it returns. */
export type KeepWire = (record: {
  readonly messageId: number
  readonly direction: 'in' | 'out'
  readonly protocol: 'sip'
  readonly bytes: Uint8Array
  readonly atMs: number
}) => void

/** RFC 3261 17.1.1.2: what was lost is sent again for 64 times T1; then nothing more comes of a call that is over. */
const lingerMs = 40_000
/** Calls that nobody has taken yet, and messages of one. */
const strangersAtMost = 500
const messagesAtMost = 16
/** Of all of them: strangers may write long ones. */
const heldBytesAtMost = 8 << 20

export class LegWire {
  readonly #keep: KeepWire
  readonly #clock: Clock
  readonly #ids = new Map<string, number>()
  readonly #strangers = new Map<string, WireRecord[]>()
  #heldBytes = 0
  /** What messages of a call are not to tell. */
  readonly #withheld = new Map<number, readonly string[]>()
  /** Oldest first. */
  #over: { readonly callId: string; readonly atMs: number }[] = []

  constructor(keep: KeepWire, clock: Clock) {
    this.#keep = keep
    this.#clock = clock
  }

  /** For the stack: each message, both ways. */
  readonly heard = (record: WireRecord): void => {
    const { callId, direction, bytes } = record
    if (callId === undefined) return
    const id = this.#ids.get(callId)
    if (id !== undefined) return this.#pass(id, record)
    const held = this.#strangers.get(callId)
    if (held) {
      if (held.length < messagesAtMost && this.#hasRoom(record)) held.push(copyOf(record))
    } else if (direction === 'in' && startsWith(bytes, invite)) this.#hold(callId, record)
  }

  /** From now on messages of this Call-ID are that call's; those that were held too. */
  began(callId: string, id: number): void {
    this.#ids.set(callId, id)
    const held = this.#strangers.get(callId)
    if (!held) return
    this.#forget(callId)
    const first = held.find(({ direction, bytes }) => direction === 'in' && startsWith(bytes, invite))
    const headers = first && parseMessage(first.bytes).message?.headers
    const withheld = headers ? withheldIn(headers) : []
    if (withheld.length > 0) this.#withheld.set(id, withheld)
    for (const record of held) this.#pass(id, record)
  }

  /** Its last messages are still to come. */
  over(callId: string): void {
    const nowMs = this.#clock.elapsedMs()
    this.#over.push({ callId, atMs: nowMs })
    let gone = 0
    while (gone < this.#over.length && this.#over[gone]!.atMs <= nowMs - lingerMs) {
      const { callId: old } = this.#over[gone++]!
      this.#withheld.delete(this.#ids.get(old) ?? 0)
      this.#ids.delete(old)
    }
    if (gone > 0) this.#over = this.#over.slice(gone)
  }

  #hold(callId: string, record: WireRecord): void {
    if (this.#strangers.size >= strangersAtMost) this.#forget(this.#strangers.keys().next().value!)
    while (this.#strangers.size > 0 && this.#heldBytes + record.bytes.length > heldBytesAtMost)
      this.#forget(this.#strangers.keys().next().value!)
    this.#heldBytes += record.bytes.length
    this.#strangers.set(callId, [copyOf(record)])
  }

  #hasRoom({ bytes }: WireRecord): boolean {
    const hasRoom = this.#heldBytes + bytes.length <= heldBytesAtMost
    if (hasRoom) this.#heldBytes += bytes.length
    return hasRoom
  }

  #forget(callId: string): void {
    for (const { bytes } of this.#strangers.get(callId) ?? []) this.#heldBytes -= bytes.length
    this.#strangers.delete(callId)
  }

  #pass(messageId: number, { direction, bytes, atMs }: WireRecord): void {
    const shown = withhold(withoutSecrets(bytes), this.#withheld.get(messageId) ?? [])
    this.#keep({ messageId, direction, protocol: 'sip', bytes: shown, atMs })
  }
}

const invite = Buffer.from('INVITE ')
const info = Buffer.from('INFO ')
const inline = Buffer.from('inline:')
const endOfHead = Buffer.from('\r\n\r\n')
const hasCredentials = /authorization/i
/** RFC 8760, RFC 7616: whose and of which realm may be seen, the answer to the challenge may not. A value may go on in the next line. */
const credentials = /^((?:proxy-)?authorization[ \t]*:)(.*(?:\r\n[ \t].*)*)/gim
/** RFC 4568 6.1 */
const sdesKeys = /inline:[^\s|]+/g

/** The bytes may be a view of what a connection receives next. */
const copyOf = (record: WireRecord): WireRecord => ({ ...record, bytes: Buffer.from(record.bytes) })

const startsWith = (bytes: Buffer, what: Buffer): boolean => bytes.compare(what, 0, what.length, 0, what.length) === 0

/** The same bytes where there is nothing to hide. Digits that go in INFO are hidden too: they may be somebody's PIN. */
export function withoutSecrets(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  const isInfo = startsWith(bytes, info)
  if (!isInfo && !hasCredentials.test(text) && !bytes.includes(inline)) return bytes
  const head = isInfo ? text.slice(0, Math.max(0, bytes.indexOf(endOfHead)) || text.length) : text
  return Buffer.from(
    head
      .replace(credentials, (_whole: string, name: string, value: string) => `${name}${shownOf(value)}`)
      .replace(sdesKeys, 'inline:***'),
    'latin1',
  )
}

function shownOf(value: string): string {
  const scheme = /^\s*(\S+)/.exec(value)?.[1] ?? ''
  const shown = ['username', 'realm', 'algorithm'].flatMap(
    (name) => new RegExp(`\\b${name}\\s*=\\s*("[^"]*"|[^\\s,]+)`, 'i').exec(value)?.[0] ?? [],
  )
  return ` ${[scheme, ...shown.map((one, at) => (at === 0 ? one : `, ${one}`))].join(' ').replaceAll(' ,', ',')}, ***`
}
