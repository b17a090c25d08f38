// Two media workers with room for one leg each: a call goes to the one that has room, who comes beyond is told when to call again, and room
// is had again with the end of a call.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { header, reasonsOf, statusOf } from '../../conformance/sip-text.ts'
import { openCallPlace, rcml } from '../call-place.ts'
import { newFolder } from '../program.ts'

const place = await openCallPlace({ data: newFolder(), settings: { OFFHOOK_MEDIA_WORKERS: '2', OFFHOOK_MEDIA_STREAMS: '1' } })
place.pages.set('/wait', rcml('<Gather timeout="120"/>'))
place.pages.set('/dial', rcml('<Dial><Number>+12125550177</Number></Dial>'))
const waiting = await place.number('/wait')
const dialling = await place.number('/dial')

test('a third call is refused with when to call again, and let in once one of the two is over', { timeout: 60_000 }, async () => {
  const { peer, server } = await place.party()
  const [one, two] = [
    await peer.call({ server, from: '+13105552001', to: waiting }),
    await peer.call({ server, from: '+13105552002', to: waiting }),
  ]
  assert.deepEqual([statusOf(await one.final()), statusOf(await two.final())], [200, 200])
  const refused = await (await peer.call({ server, from: '+13105552003', to: waiting })).final()
  assert.deepEqual([statusOf(refused), header(refused, 'retry-after'), reasonsOf(refused)['Q.850']?.cause], [503, '5', 42])
  const { state, reason, record } = await place.ended({ from: '+13105552003' })
  assert.deepEqual([state, reason], ['failed', 'platform.media_full'])
  assert.deepEqual(record.reason.params, { bound: 'a worker holds at most 1 streams', retryAfterMs: 5000 })
  await one.hangUp()
  await place.ended({ from: '+13105552001' })
  const four = await peer.call({ server, from: '+13105552004', to: waiting })
  assert.equal(statusOf(await four.final()), 200)
  for (const call of [two, four]) await call.hangUp()
  for (const from of ['+13105552002', '+13105552004']) await place.ended({ from })
})

test('a leg for which its caller’s worker has no room is a call that says so', { timeout: 60_000 }, async () => {
  await place.route('+1212')
  const { peer, server } = await place.party()
  const caller = await peer.call({ server, from: '+13105552005', to: dialling })
  assert.equal(statusOf(await caller.final()), 200)
  const { state, reason, endedBy } = await place.ended({ to: '+12125550177' })
  assert.deepEqual([state, reason, endedBy], ['failed', 'platform.media_full', 'platform'])
  await caller.ended()
})
