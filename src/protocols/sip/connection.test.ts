// Connections of peers that mean no good: they read nothing, say nothing, or are many.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handClock } from '#values/clock.ts'
import { Connection } from './connection.ts'
import type { SipAddress } from './stack-parts.ts'
import { UnknownConnections } from './unknown-connections.ts'

function connection(host = '192.0.2.1', unknownMs = 60_000) {
  const clock = handClock()
  const done: string[] = []
  const pipe = {
    waitingBytes: 0,
    write: (bytes: Buffer) => void done.push(JSON.stringify(bytes.toString())),
    ping: () => void done.push('ping'),
    destroy: () => void done.push('destroy'),
    cut: () => void done.push('cut'),
  }
  const local: SipAddress = { transport: 'tcp', host: '192.0.2.9', port: 5060 }
  const remote: SipAddress = { ...local, host }
  const times = { idleMs: 960_000, pingMs: 0, pongMs: 10_000, unknownMs }
  return { clock, done, pipe, made: new Connection({ clock, transport: 'tcp', local, remote, pipe, number: 1, ...times }) }
}

test('who pings and reads nothing is not written to for ever', () => {
  const { made, pipe, done } = connection()
  made.pinged()
  pipe.waitingBytes = 5_000
  made.pinged()
  assert.deepEqual(done, ['"\\r\\n"'])
})

test('what waits for a peer that reads nothing goes with its connection', () => {
  const { made, pipe, done, clock } = connection()
  pipe.waitingBytes = 1_000
  made.close()
  assert.deepEqual(done, ['destroy'])
  clock.advance(5_000)
  assert.deepEqual(done, ['destroy', 'cut'])
  const full = connection()
  full.pipe.waitingBytes = 2 << 20
  assert.equal(full.made.send(Buffer.from('x')), false)
  assert.deepEqual(full.done.slice(1), ['destroy', 'cut'])
})

test('a connection over which nobody shows who it is is closed, however much is said over it', () => {
  for (const isKnown of [false, true]) {
    const { made, clock } = connection()
    if (isKnown) made.vouch()
    for (let n = 0; n < 12; n++) {
      made.heard()
      clock.advance(5_000)
    }
    assert.equal(made.open, isKnown)
  }
})

test('of strangers the oldest goes, first of the source that has too many, and nobody who is known', () => {
  const unknown = new UnknownConnections(3, 2)
  const at = (host: string): Connection => {
    const { made } = connection(host)
    made.vouched = () => unknown.remove(made)
    made.onClosed(() => unknown.remove(made))
    unknown.add(made)
    return made
  }
  const isOpen = (all: readonly Connection[]): boolean[] => all.map(({ open }) => open)
  const known = at('192.0.2.1')
  known.vouch()
  const other = at('192.0.2.2')
  const many = ['2001:db8::1', '2001:db8::2', '2001:db8::ffff:3'].map(at)
  assert.deepEqual(isOpen([known, other, ...many]), [true, true, false, true, true])
  const last = at('192.0.2.3')
  assert.deepEqual(isOpen([known, other, ...many, last]), [true, false, false, true, true, true])
  assert.equal(unknown.endOldest(), true)
  assert.deepEqual(isOpen([...many, last]), [false, false, true, true])
})
