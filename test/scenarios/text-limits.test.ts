// How long a text may be at each door that has a rule of its own: counted in characters, whatever these are made of.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../conformance/server.ts'
import { openWorld } from '../../conformance/world.ts'

test('a text as long as the door allows is taken, of whatever characters; one more is not', { timeout: 300_000 }, async (t) => {
  const server = await startServer()
  const world = openWorld(server)
  t.after(async () => {
    await world.close()
    await server.stop()
  })
  const { restcomm, aculab } = server.credentials
  const from: string = (await world.api('POST', '/numbers', { country: 'US', type: 'local' })).json.items[0].number
  const to = '+13105550101'
  const post = (path: string, login: string, fields: Record<string, string>) =>
    world.ask({
      method: 'POST',
      path,
      headers: { authorization: `Basic ${btoa(login)}`, accept: 'application/json' },
      body: new URLSearchParams(fields),
    })
  const account = restcomm.accountSid
  const doors: [atMost: number, send: (text: string) => ReturnType<typeof post>][] = [
    [
      1600,
      (Body) =>
        post(`/restcomm/2012-04-24/Accounts/${account}/SMS/Messages.json`, `${account}:${restcomm.authToken}`, {
          From: from,
          To: to,
          Body,
        }),
    ],
    [
      1200,
      (content) =>
        post('/aculab/msg_send', `${aculab.basicUser}:${aculab.apiAccessKey}`, { from: from.slice(1), to: to.slice(1), content }),
    ],
  ]
  for (const [atMost, send] of doors) {
    for (const character of ['a', '\u0436', '\u{1f600}']) {
      const fits = await send(character.repeat(atMost))
      assert.equal(fits.status, 200, `${atMost} ${character}: ${fits.text}`)
      const tooLong = await send(character.repeat(atMost + 1))
      assert.deepEqual([tooLong.status, tooLong.headers.get('offhook-reason')], [400, 'message.content_too_long'])
    }
  }
})
