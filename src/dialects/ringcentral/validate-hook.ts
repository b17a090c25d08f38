// Before a subscription is made, and when one that was given up is taken up again, its address must show that it wants to be told
// (reference 11.3): it answers 200 within 3 s and repeats the header. Asked for under the guard of everything that goes out.

import type { Caller } from '#accounts/caller.ts'
import { mayLoopBack } from '#operations/webhooks/endpoint-view.ts'
import { isFailure } from '#protocols/http/outgoing.ts'
import { detailOf, refuse, type Refusal } from '#reasons/refusal.ts'
import { randomToken, sameSecret } from '#values/secrets.ts'
import { reasonOfFailure, reasonOfStatus } from '#webhooks/failure-reason.ts'
import type { Room } from './knock.ts'

export const userAgent = 'RingCentral-Webhook/8.3'
export const addressField = 'deliveryMode.address'
const answerBytes = 1024
const limits = { totalMs: 3_000, connectMs: 3_000, headersMs: 3_000, maxBytes: answerBytes }

const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** The sandbox account's may name this machine, which needs no certificate then. Gives request.parameter_invalid. */
export function requireAddress(caller: Caller, address: string): void {
  const url = address.length <= 2048 && !/\s/.test(address) ? URL.parse(address) : null
  const isPlain = url?.protocol === 'http:' && mayLoopBack(caller) && loopbackHost.test(url.hostname)
  if (url?.protocol !== 'https:' && !isPlain) refuseAddress(address, 'an https URL')
}

/** Gives request.parameter_invalid. */
export async function validateHook(room: Room, caller: Caller, address: string, verificationToken?: string): Promise<void> {
  const token = randomToken(32)
  const answer = await room.parts.fetch({
    method: 'POST',
    url: address,
    headers: {
      'content-type': 'application/json',
      'user-agent': userAgent,
      'validation-token': token,
      ...(verificationToken !== undefined && { 'verification-token': verificationToken }),
    },
    body: '{}',
    limits,
    loopback: mayLoopBack(caller),
  })
  if (isFailure(answer)) refuseAddress(address, expectedOf(reasonOfFailure(answer)))
  if (answer.status !== 200) refuseAddress(address, expectedOf(reasonOfStatus(answer.status)))
  const repeated = answer.headers['validation-token']
  if (typeof repeated !== 'string' || !sameSecret(repeated, token))
    refuseAddress(address, 'an address that repeats the header Validation-Token')
}

const expectedOf = (why: Refusal): string => `an address that answers 200 when it is validated: ${detailOf(why)}`

function refuseAddress(address: string, expected: string): never {
  refuse('request.parameter_invalid', { parameter: addressField, value: address.slice(0, 100), expected })
}
