// STOP and START written by a person, through the whole program and its pretend network: answered, in force, lifted; and a long
// message that came in segments. In the end the person is forgotten, and still not written to.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder, startProgram } from '../program.ts'
import { until } from '../until.ts'

const person = '+14155550142'

test('a person says STOP, START, STOP, and is forgotten', async (t) => {
  const data = newFolder()
  const program = await startProgram(t, data)
  const { key } = (JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8')) as { api: { key: string } }).api
  const ask = async (method: string, path: string, body?: object): Promise<{ status: number; json: any }> => {
    const told = await fetch(`${program.url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: told.status, json: await told.json() }
  }
  const good = async (method: string, path: string, body?: object): Promise<any> => {
    const { status, json } = await ask(method, path, body)
    assert.ok(status < 300, `${method} ${path}: ${JSON.stringify(json)}`)
    return json
  }
  const [{ number }] = (await good('POST', '/numbers', { country: 'US', type: 'local', quantity: 1 })).items
  const handset = `/handsets/${encodeURIComponent(person)}`
  const says = (text: string) => good('POST', `${handset}/messages`, { to: number, text })
  const heard = async (pattern: RegExp, times = 1) =>
    until(
      async () => (await good('GET', `${handset}/messages`)).items,
      (items) => items.filter(({ direction, text }: any) => direction === 'received' && pattern.test(text)).length >= times,
    )
  const send = () => ask('POST', '/messages', { from: number, to: person, text: 'news' })

  assert.ok((await send()).status < 300)
  await says('Stop!')
  await heard(/no more messages/)
  assert.equal((await send()).json.reason, 'message.recipient_opted_out')
  await says('START')
  await heard(/again\. Reply STOP/)
  assert.ok((await send()).status < 300)

  const long = 'A long message that comes in several segments. '.repeat(12).trim()
  await says(long)
  const whole = await until(async () => {
    const { items } = await good('GET', `/messages?direction=in`)
    return items.find(({ text }: any) => text.startsWith('A long'))
  })
  assert.deepEqual([whole.text, whole.segments, whole.state], [long, 4, 'received'])

  await says('stop')
  await heard(/no more messages/, 2)
  const { items } = await good('POST', '/privacy/export', { phone: person })
  assert.ok(items.some(({ noun }: any) => noun === 'opt_out'))
  const sent = items.find(({ noun, data: { text } }: any) => noun === 'message' && text === 'news')
  assert.equal(sent.data.to, person)
  const { id } = await good('POST', '/privacy/erasures', { phone: person })
  await until(async () => (await good('GET', `/privacy/erasures/${id}`)).status === 'completed')
  assert.deepEqual((await good('POST', '/privacy/export', { phone: person })).items, [])
  assert.equal((await send()).json.reason, 'message.recipient_opted_out', 'forgotten, and still not written to')
  program.child.kill('SIGTERM')
  assert.equal(await program.ended, 0)
})
