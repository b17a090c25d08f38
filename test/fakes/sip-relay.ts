// A bad network between a peer and the program: a UDP relay that loses, doubles, holds back and reorders the SIP messages that it is told to, and
// no others, so that each run goes the same way. Both sides know the other by the relay's address alone; sound goes past it.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { coming } from '../until.ts'

export interface Passing {
  readonly from: 'peer' | 'program'
  /** `INVITE`, `ACK`... or the status of a response. */
  readonly what: string
  /** The method in its CSeq. */
  readonly method: string
  /** How often a message of that kind has come from that side, this one included. */
  readonly nth: number
  readonly text: string
}

/** `hold`: until it is let go. */
export type Fate = 'pass' | 'lose' | 'twice' | 'hold'

export interface SipRelay {
  readonly port: number
  /** What becomes of each message; all pass unless told. */
  fate: (passing: Passing) => Fate
  /** Everything that came, in order, with what became of it. */
  readonly seen: readonly (Passing & { readonly fate: Fate })[]
  /** The messages that are held back go on, the last one first. */
  release(): void
  /** Resolves with the first message, past or to come, that is looked for. */
  until(fits: (passing: Passing) => boolean): Promise<Passing>
  close(): void
}

export async function openSipRelay(ports: { readonly peer: number; readonly program: number }): Promise<SipRelay> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const own = `127.0.0.1:${socket.address().port}`
  const peers = `127.0.0.1:${ports.peer}`
  const seen: (Passing & { fate: Fate })[] = []
  const held: (() => void)[] = []
  const waiting = new Set<{ fits(passing: Passing): boolean; take(passing: Passing): void }>()
  let closed = false
  const send = (text: string, port: number): void => {
    if (!closed) socket.send(text, port, '127.0.0.1')
  }
  socket.on('message', (bytes, { port }) => {
    const text = bytes.toString('utf8')
    if (text.trim() === '') return
    const from = port === ports.program ? 'program' : 'peer'
    const what = /^SIP\/2\.0 (\d{3})/.exec(text)?.[1] ?? text.split(' ', 1)[0]!
    const method = /^CSeq: *\d+ +(\w+)/im.exec(text)?.[1] ?? ''
    const nth = 1 + seen.filter((one) => one.from === from && one.what === what && one.method === method).length
    const passing = { from, what, method, nth, text } as const
    const fate = made.fate(passing)
    seen.push({ ...passing, fate })
    // Each side is shown the relay's address in the place of the other's; no port is written with more digits than another.
    const forth = (): void =>
      from === 'peer' ? send(text.replaceAll(peers, own), ports.program) : send(text.replaceAll(own, peers), ports.peer)
    if (fate === 'hold') held.push(forth)
    if (fate === 'pass' || fate === 'twice') forth()
    if (fate === 'twice') forth()
    for (const wait of waiting) {
      if (!wait.fits(passing)) continue
      waiting.delete(wait)
      wait.take(passing)
    }
  })
  const made: SipRelay = {
    port: socket.address().port,
    fate: () => 'pass',
    seen,
    release() {
      for (const forth of held.splice(0).toReversed()) forth()
    },
    until(fits) {
      const there = seen.find(fits)
      if (there) return Promise.resolve(there)
      return coming(
        () => `a message: ${String(fits)}, after ${seen.map(({ from, what, fate }) => `${from} ${what} ${fate}`).join(', ')}`,
        new Promise((take) => waiting.add({ fits, take })),
      )
    },
    close() {
      closed = true
      socket.close()
    },
  }
  return made
}
