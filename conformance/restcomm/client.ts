// How a client of this vendor asks, and what its structured refusals look like.

import assert from 'node:assert/strict'
import type { Answer, World } from '../scenario.ts'

export interface Credentials {
  readonly accountSid: string
  readonly authToken: string
}

export const basic = (user: string, secret: string): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`,
})

/** `path` is below the API's version; the sandbox account asks unless told otherwise. */
export function ask(
  world: World,
  method: string,
  path: string,
  form?: Record<string, string>,
  as: Credentials = world.credentials.restcomm,
): Promise<Answer> {
  return world.ask({
    method,
    path: `/restcomm/2012-04-24${path}`,
    headers: basic(as.accountSid, as.authToken),
    ...(form && { body: new URLSearchParams(form) }),
  })
}

/** A new e-mail address each time, so that scenarios run again against a server that is there. */
export const newEmail = (name: string): string => `${name}.${crypto.randomUUID()}@customer.example`

interface Expected {
  readonly status: number
  readonly reason: string
  readonly code: number
  readonly message: string
}

/** The whole structured form: message and code, our two headers, and nothing else. */
export function assertRefused(answer: Answer, { status, reason, code, message }: Expected): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.headers.get('content-type'), 'application/json')
  assert.deepEqual(answer.json, { message, code })
  assert.equal(answer.headers.get('offhook-reason'), reason)
  assert.match(answer.headers.get('offhook-error-id') ?? '', /^[0-9a-f-]{36}$/)
}
