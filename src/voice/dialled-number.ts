// What somebody dialled, read: a number of help as it is dialled, or one in E.164. Does not know whether it may be called.

import { refuse } from '#reasons/refusal.ts'
import { parseE164, type E164 } from '#values/e164.ts'
import { emergencyNumber } from './emergency.ts'

/** `country`: where numbers without + are dialled from, ISO 3166 alpha-2. Gives destination.invalid. */
export function dialledNumber(asked: string, country: string): { readonly emergency: string } | { readonly number: E164 } {
  const dialled = asked.replaceAll(/[\s().-]/g, '')
  const emergency = emergencyNumber(dialled, country)
  if (emergency !== undefined) return { emergency }
  const number = parseE164(dialled, { country })
  if (!number?.isPossible) refuse('destination.invalid', { destination: asked })
  return { number }
}
