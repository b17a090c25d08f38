// What the scenarios of this system share: a token, asking with it, and reading every field of the envelope.

import assert from 'node:assert/strict'
import type { Answer, Ask, World } from '../scenario.ts'

export type More = Pick<Ask, 'body' | 'headers'>

/** A token of the sandbox account's key. */
export async function logIn(world: World): Promise<Record<string, string>> {
  const { consumerKey, consumerSecret } = world.credentials.toku
  const answer = await world.ask({
    method: 'POST',
    path: '/toku/token',
    headers: { authorization: `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json.token_type, 'Bearer')
  return { authorization: `Bearer ${answer.json.access_token}` }
}

/** As the sandbox account. */
export async function ask(
  world: World,
  method: string,
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
): Promise<Answer> {
  const shown = headers ?? (await logIn(world))
  return world.ask({ method, path: `/toku${path}`, headers: shown, ...(body && { body }) })
}

/** An answer that says yes carries no refusal. */
export function accepted(answer: Answer): any {
  assert.equal(answer.status, 200, answer.text)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(answer.headers.get('offhook-reason'), null)
  assert.equal(answer.json.result, 0)
  assert.equal(answer.json.result_desc, 'success')
  return answer.json
}

export interface Expected {
  readonly status: number
  readonly reason: string
  /** All of the body. */
  readonly body: { readonly result: number; readonly result_desc: string; readonly [name: string]: unknown }
}

/** Status, headers and the whole body. */
export function refused(answer: Answer, { status, reason, body }: Expected): void {
  assert.equal(answer.status, status, answer.text)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(answer.headers.get('offhook-reason'), reason)
  assert.match(answer.headers.get('offhook-error-id') ?? '', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  assert.deepEqual(answer.json, body)
}

/** Acquires a number of the stock for the sandbox account. */
export async function acquire(world: World, number: string): Promise<string> {
  accepted(await ask(world, 'POST', '/number/v1/numbers', { number }))
  return `/number/v1/numbers/${number}`
}

/** Damages the row of a number, as a slip in the database would: its JSON ends too early. */
export const damageNumber = (world: World, number: string): Promise<void> =>
  world.operator.sql(`update numbers set detail = '{"services":' where number = '+${number}'`)

export const password = 'Correct-Horse-9'

/** A group with one user. */
export async function makeUser(world: World, group: string, user_name: string, more: object = {}): Promise<string> {
  accepted(await ask(world, 'POST', '/voip/v1/groups', { group }))
  const users = `/voip/v1/groups/${group}/users`
  accepted(await ask(world, 'POST', users, { user_name, password, ...more }))
  return `${users}/${user_name}`
}

/** The operator takes back the sandbox account's credit but for so much. */
export async function leaveCredit(world: World, leftMicro: number): Promise<void> {
  const balance = (await world.api('GET', '/balance')).json
  const { accountId, availableMicro, currency } = balance
  const taken = { accountId, kind: 'withdrawal', amountMicro: availableMicro - leftMicro, currency }
  const answer = await world.operatorApi('POST', '/credit-transfers', taken)
  assert.equal(answer.status, 201, answer.text)
  assert.equal(answer.json.availableMicro, leftMicro)
}
