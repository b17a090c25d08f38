// What a client says that a number shall do (reference 9.1), read into the core's detail.

import type { NumberDetailValue } from '#operations/numbers/number-view.ts'
import { refuse } from '#reasons/refusal.ts'
import type { Fields } from './fields.ts'
import type { Sids } from './ids.ts'
import { methodOf, sent, urlOf } from './urls.ts'

export const uses = ['voice', 'sms', 'ussd', 'refer'] as const
export type Use = (typeof uses)[number]

/** The vendor's name of a use: `VoiceUrl`, `SmsUrl`. */
const words: Record<Use, string> = { voice: 'Voice', sms: 'Sms', ussd: 'Ussd', refer: 'Refer' }

/** undefined: not sent; null: cleared. What is no sid of an application is one that does not exist. Gives application.not_found. */
export function applicationIn(sids: Sids, fields: Fields, name: string): number | null | undefined {
  const text = fields.text(name)
  if (text === undefined) return undefined
  if (text === '') return null
  const id = sids.read('AP', text)
  if (id === undefined) refuse('application.not_found', {})
  return id
}

/** Only what was sent. Gives request.url_invalid, request.parameter_invalid, request.boolean_invalid, application.not_found. */
export function detailIn(sids: Sids, fields: Fields): NumberDetailValue {
  const detail: NumberDetailValue = {}
  for (const use of uses) {
    const word = words[use]
    detail[`${use}Url`] = urlOf(fields, `${word}Url`)
    detail[`${use}Method`] = methodOf(fields, `${word}Method`)
    detail[`${use}ApplicationId`] = applicationIn(sids, fields, `${word}ApplicationSid`)
    // A transfer has no second chance (reference 9.1).
    if (use === 'refer') continue
    detail[`${use}FallbackUrl`] = urlOf(fields, `${word}FallbackUrl`)
    detail[`${use}FallbackMethod`] = methodOf(fields, `${word}FallbackMethod`)
  }
  return sent({
    ...detail,
    statusUrl: urlOf(fields, 'StatusCallback'),
    statusMethod: methodOf(fields, 'StatusCallbackMethod'),
    callerIdLookup: fields.truth('VoiceCallerIdLookup'),
  })
}

/** The core knows one application a number: the one for calls, or else for messages. */
export function mainApplication(detail: NumberDetailValue): number | null {
  return ((detail['voiceApplicationId'] ?? detail['smsApplicationId']) as number | null | undefined) ?? null
}
