import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { Finding } from './finding.ts'
import { claimPorts } from '../../test/ports.ts'
import { examineEmergency, examineMedia, examineSipAddresses } from './examine-voice.ts'

const host = '127.0.0.1'
const { from } = await claimPorts(1000)
const usual = {
  sip: [{ transport: 'udp' as const, host, port: 0 }],
  sipIsUsual: false,
  sipAdvertised: undefined,
  rtpHost: undefined,
  rtpPorts: { from, to: from + 999 },
  mediaWorkers: 1,
  mediaStreams: 500,
}

async function all(found: AsyncGenerator<Finding>): Promise<Finding[]> {
  const list: Finding[] = []
  for await (const one of found) list.push(one)
  return list
}

test('an address of SIP that somebody has is a fault with its setting, unless nobody asked for it', async () => {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, host, resolve))
  try {
    const { port } = socket.address() as AddressInfo
    const sip = [{ transport: 'udp' as const, host, port }]
    const [asked] = await all(examineSipAddresses({ ...usual, sip }))
    assert.deepEqual([asked!.what, asked!.fine], [`SIP udp:${host}:${port}`, false])
    assert.match(`${asked!.says} ${asked!.remedy}`, /EADDRINUSE.*OFFHOOK_SIP/)
    const [unasked] = await all(examineSipAddresses({ ...usual, sip, sipIsUsual: true }))
    assert.equal(unasked!.fine, true)
    assert.match(unasked!.remedy!, /starts without SIP/)
  } finally {
    socket.close()
  }
  const [free] = await all(examineSipAddresses(usual))
  assert.equal(free!.says, 'free')
  const [off] = await all(examineSipAddresses({ ...usual, sip: [] }))
  assert.match(off!.says, /^off/)
})

test('media need ports, an address of this machine, and one that others can send to', async () => {
  const [fine] = await all(examineMedia(usual))
  assert.deepEqual([fine!.fine, fine!.says, fine!.remedy], [true, '1000 ports for 1 worker of up to 500 streams', undefined])
  const [few] = await all(examineMedia({ ...usual, mediaWorkers: 3 }))
  assert.match(few!.remedy!, /1000 streams.*OFFHOOK_RTP_PORTS/)
  // RFC 5737: nobody has it.
  const [elsewhere] = await all(examineMedia({ ...usual, rtpHost: '192.0.2.1' }))
  assert.equal(elsewhere!.fine, false)
  assert.match(elsewhere!.remedy!, /OFFHOOK_RTP_HOST/)
  const [anywhere] = await all(examineMedia({ ...usual, rtpHost: '0.0.0.0' }))
  assert.equal(anywhere!.fine, false)
  assert.match(anywhere!.remedy!, /OFFHOOK_SIP_ADVERTISED/)
  const [told] = await all(examineMedia({ ...usual, rtpHost: '0.0.0.0', sipAdvertised: '198.51.100.1' }))
  assert.equal(told!.fine, true)
})

test('numbers for help that lead nowhere are named', () => {
  assert.match(examineEmergency([{ kind: 'voice', prefix: '' }]).says, /^112 and 911 lead nowhere/)
  assert.match(examineEmergency([{ kind: 'voice', prefix: '112' }]).says, /^911/)
  assert.equal(examineEmergency(['112', '911'].map((prefix) => ({ kind: 'voice', prefix }))).remedy, undefined)
})
