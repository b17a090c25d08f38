// What the scenarios about messages share: numbers to send from, requests to send, and a network that cannot do everything.

import assert from 'node:assert/strict'
import type { Answer, World } from '../scenario.ts'
import { ask, changeAccount, refused, type Expected } from './client.ts'

/** A handset of the pretend network. */
export const handset = '14155550142'

/** A number of the account that no other scenario changes; the same for the same use. */
export async function numberFor(world: World, use: string): Promise<{ id: string; number: string }> {
  const name = `messages ${use}`
  const { items: own } = (await world.api('GET', '/numbers?limit=1000')).json
  const found = own.find((one: { name: string }) => one.name === name)
  if (found) return { id: found.id, number: found.number.slice(1) }
  const bought = await world.api('POST', '/numbers', { country: 'US', type: 'local' })
  assert.equal(bought.status, 201, bought.text)
  const [{ id, number }] = bought.json.items
  const named = await world.api('PATCH', `/numbers/${id}`, { name })
  assert.equal(named.status, 200, named.text)
  return { id, number: number.slice(1) }
}

/** An ordinary message, but for what is given; undefined leaves a parameter out. */
export async function send(world: World, fields: Readonly<Record<string, string | undefined>>): Promise<Answer> {
  const from = fields['from'] ?? (await numberFor(world, 'sent')).number
  const all = { to: handset, from, content: 'Your cab is outside', ...fields }
  const body = new URLSearchParams(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined))
  return ask(world, 'POST', '/msg_send', { body })
}

export function accepted(answer: Answer): void {
  assert.equal(answer.status, 200, answer.text)
  assert.match(answer.json.msg_refs[0], /^[0-9a-f]{8}(?:_1)?\.\d+\.\d+$/)
}

export const sendRefused = (answer: Answer, expected: Omit<Expected, 'url'>): void =>
  refused(answer, { ...expected, url: '/msg_send' })

/** All that the account may use but this. */
export async function withoutFeature(world: World, feature: string): Promise<void> {
  const { accountId } = (await world.api('GET', '/whoami')).json
  const { settings } = (await world.operatorApi('GET', `/accounts/${accountId}`)).json
  const features = settings.features.filter((one: string) => one !== feature)
  assert.equal(features.length, settings.features.length - 1)
  await changeAccount(world, { settings: { features } })
}

/** The only way out leads over an SMSC with these settings. */
export async function onlyCarrier(world: World, detail: object): Promise<void> {
  const url = 'smpp://offhook:pass@127.0.0.1:9'
  const made = await world.operatorApi('POST', '/carriers', { name: 'narrow', url, detail })
  assert.equal(made.status, 201, made.text)
  for (const { id } of (await world.operatorApi('GET', '/routes')).json.items) {
    const gone = await world.operatorApi('DELETE', `/routes/${id}`)
    assert.equal(gone.status, 200, gone.text)
  }
  const route = await world.operatorApi('POST', '/routes', { carrierId: made.json.id })
  assert.equal(route.status, 201, route.text)
}

/** A picture in the store for messages. */
export async function storePicture(world: World, name: string): Promise<void> {
  const content = Buffer.from('\x89PNG\r\n\x1a\n of a cat', 'latin1')
  const path = `/file_write?filetype=msg_media&filename=${name}&contenttype=image/png`
  const answer = await ask(world, 'POST', path, { body: content, headers: { 'content-type': 'image/png' } })
  assert.equal(answer.status, 200, answer.text)
}
