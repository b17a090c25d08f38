// Faults of an application's server: dead, slow, endless, garbage, refusing. A call with a fallback goes on; without one it ends with the reason of
// what went wrong, refused by its SIP status if nobody had answered it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { reasonsOf, statusOf } from '../../conformance/sip-text.ts'
import { openCallPlace, rcml, type CallPage } from '../call-place.ts'
import { newFolder } from '../program.ts'
import { until } from '../until.ts'

const place = await openCallPlace({ data: newFolder() })
place.pages.set('/good', rcml('<Gather timeout="120"/>'))

const xml = { 'content-type': 'application/xml' }

const faults: Readonly<Record<string, { readonly page: CallPage; readonly reason: string }>> = {
  'breaks the connection': { page: (_, response) => void response.destroy(), reason: 'webhook.unreachable' },
  'says nothing': { page: () => {}, reason: 'webhook.timed_out' },
  'never comes to its end': {
    page: (_, response) => {
      response.writeHead(200, xml)
      const chunk = Buffer.alloc(64 * 1024, 'x')
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more)
      }
      response.write('<Response>')
      more()
    },
    reason: 'webhook.answer_too_large',
  },
  'drips for ever': {
    page: (_, response) => {
      response.writeHead(200, xml)
      response.write('<Response>')
      const timer = setInterval(() => response.write(' '), 100)
      response.once('close', () => clearInterval(timer))
    },
    reason: 'webhook.timed_out',
  },
  'breaks off within the page': {
    page: (_, response) => {
      response.writeHead(200, xml)
      response.write('<Response>', () => response.destroy())
    },
    reason: 'webhook.answer_unreadable',
  },
  'sends garbage': {
    page: (_, response) => void response.writeHead(200, xml).end(Buffer.from([0, 255, 254, 60, 60, 62])),
    reason: 'markup.error',
  },
  'sends what is no markup': { page: rcml('<Gather><Bang/>'), reason: 'markup.error' },
  'is at fault itself': { page: 500, reason: 'webhook.status_unexpected' },
}

describe('faults of scripts', { concurrency: true, timeout: 60_000 }, () => {
  for (const [index, [what, { page, reason }]] of Object.entries(faults).entries()) {
    test(`a server that ${what} refuses the caller`, async () => {
      const path = `/bad${index}`
      place.pages.set(path, page)
      const { peer, server } = await place.party()
      const from = `+1310555200${index}`
      const call = await peer.call({ server, from, to: await place.number(path) })
      const refused = await call.final()
      const ended = await place.ended({ from })
      assert.deepEqual([ended.state, ended.reason, ended.fault, ended.endedBy], ['failed', reason, 'application', 'application'])
      assert.equal(statusOf(refused), ended.sipStatus)
      assert.ok(reasonsOf(refused)['Q.850'])
      // Refusals are noted, not committed: a little later.
      const { items } = await until(
        () => place.api('GET', '/refusals?limit=1000'),
        (page) => page.items.some(({ errorId }: any) => errorId === ended.record.errorId),
      )
      assert.equal(items.find(({ errorId }: any) => errorId === ended.record.errorId).reason, reason)
    })

    test(`a server that ${what} leaves a call with a fallback to that`, async () => {
      const path = `/worse${index}`
      place.pages.set(path, page)
      const { peer, server } = await place.party()
      const from = `+1310555210${index}`
      const call = await peer.call({ server, from, to: await place.number(path, { fallback: '/good' }) })
      assert.equal(statusOf(await call.final()), 200)
      await call.hangUp()
      const ended = await place.ended({ from })
      assert.deepEqual([ended.state, ended.reason, ended.endedBy], ['completed', 'call.completed', 'caller'])
    })
  }

  test('a server that dies in the middle of a call ends it with its own reason, after both tries', async () => {
    const { peer, server } = await place.party()
    const from = '+13105552200'
    place.pages.set('/first', rcml('<Gather numDigits="1" timeout="60" action="/second"/>'))
    place.pages.set('/second', (_, response) => void response.destroy())
    const call = await peer.call({ server, from, to: await place.number('/first') })
    await call.final()
    await until(
      () => call.heard,
      (packets) => packets > 5,
    )
    await call.press('1')
    assert.ok(reasonsOf(await call.ended())['Q.850'])
    const { state, reason, endedBy } = await place.ended({ from })
    assert.deepEqual([state, reason, endedBy], ['completed', 'webhook.unreachable', 'application'])
  })

  test('a fallback that is no better tells of the first fault', async () => {
    const { peer, server } = await place.party()
    const from = '+13105552201'
    place.pages.set('/one', 503)
    place.pages.set('/two', rcml('<Say>'))
    const call = await peer.call({ server, from, to: await place.number('/one', { fallback: '/two' }) })
    assert.ok(statusOf(await call.final()) >= 400)
    const { state, reason } = await place.ended({ from })
    assert.deepEqual([state, reason], ['failed', 'webhook.status_unexpected'])
    const { items } = await until(
      () => place.api('GET', '/refusals?limit=1000'),
      (page: any) => page.items.some((one: any) => one.path.endsWith('/two')),
    )
    assert.equal(items.find((one: any) => one.path.endsWith('/two')).reason, 'markup.error')
  })
})
