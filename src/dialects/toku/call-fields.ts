// What the routes of calls read from their fields, each with the code that the vendor has for it: how long a call may last, and whom it is to
// reach.

import { refuse } from '#reasons/refusal.ts'
import type { Call, Fields } from './call.ts'
import { digitsOf } from './formats.ts'

/** Seconds. Gives call.max_duration_invalid for what is no whole number, below 1 or above what the account may. */
export function maxDurationIn({ body, caller }: Pick<Call, 'body' | 'caller'>): number | undefined {
  const value = body['max_call_duration']
  if (value === undefined || value === null) return undefined
  const maxSeconds = caller.account.settings.limits.callSeconds
  const seconds = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 1 && seconds <= maxSeconds) return seconds
  refuse('call.max_duration_invalid', { value: String(JSON.stringify(value)).slice(0, 40), minSeconds: 1, maxSeconds })
}

/** `sip:login` is a VoIP user, `sip:user@host` an address elsewhere, all else a number. Gives destination.invalid. */
export function partyIn(body: Fields, name: string): string {
  const text = String(body[name]).trim()
  if (/^sip:[^@\s]{1,128}$/i.test(text)) return `client:${text.slice('sip:'.length)}`
  if (/^sips?:[^@\s]+@[^@\s]+$/i.test(text)) return text
  if (/^\+?\d{2,15}$/.test(text)) return digitsOf(text)
  refuse('destination.invalid', { destination: text.slice(0, 60) })
}

/** As it was written: VoIP users with `sip:`, numbers without `+`. */
export const partyText = (party: string): string =>
  party.startsWith('client:') ? `sip:${party.slice('client:'.length)}` : party.replace(/^\+/, '')
