// What the scenarios of this system share: asking with the account's key, and reading every field of the envelopes.

import assert from 'node:assert/strict'
import type { Answer, Ask, World } from '../scenario.ts'

export type More = Pick<Ask, 'body' | 'headers'>

/** As the sandbox account; `~` stands for its path. */
export function ask(world: World, method: string, path: string, more: More = {}): Promise<Answer> {
  const { apiKey, accountId } = world.credentials['8x8']
  const headers = { authorization: `Bearer ${apiKey}`, ...more.headers }
  return world.ask({ method, path: `/8x8${path.replace('~', `/api/v1/accounts/${accountId}`)}`, ...more, headers })
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
// Hundredths of a second.
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\dZ$/

export interface Expected {
  readonly status: number
  /** The number in the body. */
  readonly code: number
  /** The reason behind it. */
  readonly reason: string
  /** What the text must tell. */
  readonly text: RegExp
}

function headersOf(answer: Answer, { status, reason }: Pick<Expected, 'status' | 'reason'>): string {
  assert.equal(answer.status, status, answer.text)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(answer.headers.get('offhook-reason'), reason)
  return answer.headers.get('offhook-error-id') ?? ''
}

/** Status, headers and the four fields. */
export function refused(answer: Answer, expected: Expected): void {
  const id = headersOf(answer, expected)
  const { code, message, errorId, timestamp, ...more } = answer.json
  assert.deepEqual(more, {})
  assert.equal(code, expected.code)
  assert.match(message, expected.text)
  assert.match(errorId, guid)
  assert.equal(errorId, id)
  assert.match(timestamp, time)
}

/** The envelope of voice's settings, in which the status is a text. */
export function refusedByVoice(answer: Answer, expected: Omit<Expected, 'code'>): void {
  const id = headersOf(answer, expected)
  const { errorId, statusCode, statusMessage, timestamp, ...more } = answer.json
  assert.deepEqual(more, {})
  assert.equal(statusCode, String(expected.status))
  assert.match(statusMessage, expected.text)
  assert.equal(errorId, id)
  assert.match(timestamp, time)
}

/** An answer that says yes carries no refusal. */
export function accepted(answer: Answer, status: number): any {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.headers.get('offhook-reason'), null)
  return answer.json
}

let made = 0

/** A contact with a number that no other scenario has. */
export async function newContact(world: World, more: object = {}): Promise<{ answer: Answer; id: number; msisdn: string }> {
  made += 1
  const msisdn = `65912${String(40_000 + made)}`
  const answer = await ask(world, 'POST', '~/contacts', { body: { addresses: { msisdn }, ...more } })
  return { answer, id: accepted(answer, 201).id, msisdn }
}

const accounts = new WeakMap<World, string>()

/** Changes the sandbox account as the operator; the account may be shut out by then. */
export async function changeAccount(world: World, change: object): Promise<void> {
  const accountId = accounts.get(world) ?? (await world.api('GET', '/whoami')).json.accountId
  accounts.set(world, accountId)
  const answer = await world.operatorApi('PATCH', `/accounts/${accountId}`, change)
  assert.equal(answer.status, 200, answer.text)
}

/** A multipart form with one file, written by hand so that it may also be wrong. */
export function fileForm(name: string, text: string, end = '--'): { headers: Record<string, string>; body: string } {
  const boundary = 'a-boundary-of-a-form'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n`
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: `${head}${text}\r\n--${boundary}${end}\r\n`,
  }
}
