// Calls that never come to a record: numbers that nobody has, and phones that may not call. The error id of the SIP answer finds why, for
// whom it concerns, and a flood of them leaves no more than a few rows.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SipPeer } from '../../conformance/sip-peer.ts'
import { header, statusOf } from '../../conformance/sip-text.ts'
import { openCallPlace } from '../call-place.ts'
import { newFolder } from '../program.ts'
import { until } from '../until.ts'

const place = await openCallPlace({ data: newFolder() })
const nobodys = '+13105550000'

const statusFor = async (errorId: string, key: string): Promise<number> => {
  const response = await fetch(`${place.program.url}/v1/refusals/${errorId}`, { headers: { authorization: `Bearer ${key}` } })
  await response.body?.cancel()
  return response.status
}

/** Refusals are noted, not committed: an answer is out before. */
const refusalOf = (errorId: string): Promise<any> =>
  until(
    () => place.operator('GET', `/refusals/${errorId}`).catch(() => undefined),
    (row) => row !== undefined,
  )

test("a call to nobody's number is found by the error id of its answer, by the operator alone", async () => {
  const { peer, server } = await place.party()
  const call = await peer.call({ server, from: '+13105557001', to: nobodys })
  const answer = await call.final()
  assert.equal(statusOf(answer), 404)
  const errorId = header(answer, 'offhook-error-id')!
  const row = await refusalOf(errorId)
  const carrier = (await place.operator('GET', '/carriers')).items.find(({ name }: any) => name === 'network')
  assert.deepEqual(row.turnedAway, { from: '+13105557001', to: nobodys, carrierId: carrier.id, clientId: null })
  const { reason, face, method, path, status, source, params } = row
  assert.deepEqual(
    { reason, face, method, status, source, params },
    { reason: 'number.not_found', face: 'sip', method: 'INVITE', status: 404, source: '127.0.0.1', params: { number: nobodys } },
  )
  assert.match(path, /^sip:\+13105550000@/)
  assert.equal(await statusFor(errorId, place.apiKey), 404)
  const listed = await place.operator('GET', '/refusals?strangers=true')
  assert.deepEqual(
    listed.items.map((one: any) => one.errorId),
    [errorId],
  )
  const denied = await fetch(`${place.program.url}/v1/refusals?strangers=true`, {
    headers: { authorization: `Bearer ${place.apiKey}` },
  })
  assert.equal(denied.status, 403)
})

test('a phone that is switched off: its account finds why', async () => {
  const credentials = { username: 'off', password: 'Switched-0ff' }
  const { id } = await place.api('POST', '/clients', { login: 'off', password: credentials.password })
  await place.api('PATCH', `/clients/${id}`, { enabled: false })
  const peer = await SipPeer.open()
  try {
    const server = place.sip
    const answer = await peer.request('REGISTER', {
      server,
      uri: `sip:127.0.0.1:${server.port}`,
      from: 'sip:off@127.0.0.1',
      to: 'sip:off@127.0.0.1',
      credentials,
    })
    assert.equal(statusOf(answer), 403)
    const { turnedAway, reason, method } = await until(
      () => place.api('GET', `/refusals/${header(answer, 'offhook-error-id')}`).catch(() => undefined),
      (row) => row !== undefined,
    )
    assert.deepEqual([reason, method], ['client.error', 'REGISTER'])
    assert.deepEqual(turnedAway, { from: 'off', to: 'off', carrierId: null, clientId: id })
  } finally {
    peer.close()
  }
})

test('a flood of them is counted, and few are kept', async () => {
  const { peer, server } = await place.party()
  const most = 120
  for (let i = 0; i < most + 80; i += 20)
    await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        const call = await peer.call({ server, from: `+1310555${8000 + i + at}`, to: nobodys })
        assert.equal(statusOf(await call.final()), 404)
      }),
    )
  await until(
    async () => await (await fetch(`${place.program.url}/metrics`)).text(),
    (figures) => figures.includes('offhook_refusals_total{face="sip",reason="number.not_found"} 201'),
  )
  const { items } = await place.operator('GET', '/refusals?strangers=true&limit=1000')
  const kept = items.filter(({ reason }: any) => reason === 'number.not_found').length
  assert.ok(kept > 0 && kept <= 2 * most, `${kept} kept`)
})
