// What the scenarios of this system share: asking with the account's key, and reading every field of the envelope.

import assert from 'node:assert/strict'
import type { Answer, Ask, World } from '../scenario.ts'

export const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`

export const ownLogin = ({ credentials }: World): string => basic(credentials.aculab.basicUser, credentials.aculab.apiAccessKey)

export type More = Pick<Ask, 'body' | 'headers'>

/** As the sandbox account, accepting JSON. */
export function ask(world: World, method: string, path: string, more: More = {}): Promise<Answer> {
  const headers = { authorization: ownLogin(world), accept: 'application/json', ...more.headers }
  return world.ask({ method, path: `/aculab${path}`, ...more, headers })
}

export interface Expected {
  readonly code: string
  readonly status: number
  /** The reason behind the code. */
  readonly reason: string
  /** What the text must tell. */
  readonly text: RegExp
  /** The path as the client knows it. */
  readonly url: string
}

/** Status, headers and every field of the envelope. */
export function refused(answer: Answer, { code, status, reason, text, url }: Expected): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.headers.get('content-type'), 'application/json')
  assert.equal(answer.headers.get('offhook-reason'), reason)
  assert.match(answer.headers.get('offhook-error-id') ?? '', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  const { error, request, ...more } = answer.json
  assert.deepEqual(more, {})
  const { code: told, text: words, datetime, link, ...others } = error
  assert.equal(told, code)
  assert.match(words, text)
  assert.equal(link, `https://www.aculab.com/cloud/web-services/web-service-errors?error=${code}`)
  assert.deepEqual(others, {}, 'details belong to several faults')
  const { url: path, datetime: asked, ...rest } = request
  assert.equal(path, url)
  assert.deepEqual(rest, {})
  for (const time of [datetime, asked]) assert.match(time, /^\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d$/)
  assert.ok(asked <= datetime, 'a request is not later than its error')
}

/** Changes the sandbox account as the operator. */
export async function changeAccount(world: World, change: object): Promise<void> {
  const { accountId } = (await world.api('GET', '/whoami')).json
  const answer = await world.operatorApi('PATCH', `/accounts/${accountId}`, change)
  assert.equal(answer.status, 200, answer.text)
}

/** Sends the same request several times at once and gives the first answer with that code. */
export async function oneOfMany(world: World, times: number, code: string): Promise<Answer> {
  const answers = await Promise.all(Array.from({ length: times }, () => ask(world, 'GET', '/tel_list_numbers')))
  const found = answers.find((answer) => answer.json?.error?.code === code)
  assert.ok(found, `none of ${answers.map((answer) => answer.json?.error?.code ?? answer.status).join(', ')}`)
  world.keep(found)
  return found
}

/** A rate refusal also says when to come back. */
export function saysWhen(answer: Answer): void {
  assert.match(answer.headers.get('retry-after') ?? '', /^[1-9][0-9]*$/)
}
