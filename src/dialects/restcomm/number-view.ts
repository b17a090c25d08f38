// A number as this vendor's clients see it (reference 9.1).

import type { NumberShown } from '#operations/numbers/number-view.ts'
import { apiVersion, dateText } from './formats.ts'
import type { Ask } from './knock.ts'
import type { Use } from './number-fields.ts'
import type { Shown } from './write.ts'

export const shownName = ({ name, number }: NumberShown): string => (name === '' ? number : name)

/**
 * The application of one use. Set up elsewhere, a number has one application for all it does; set up here, it has one a use.
 */
export function applicationOf({ face, applicationId, detail }: NumberShown, use: Use): number | null {
  const own = (detail[`${use}ApplicationId`] as number | null | undefined) ?? null
  return use === 'voice' && face !== 'restcomm' ? (applicationId ?? own) : own
}

export type ApplicationNames = (id: number) => string | undefined

export function numberView({ means: { sids }, accountSid, json }: Ask, number: NumberShown, nameOf: ApplicationNames): Shown {
  const sid = sids.show('PN', number.id)
  const { detail, capabilities } = number
  const url = (name: string) => detail[name] ?? null
  // A method means something with its URL only.
  const method = (name: string, of: string) => (url(of) === null ? null : (detail[name] ?? 'POST'))
  const application = (use: Use) => {
    const id = applicationOf(number, use)
    if (id === null) return { [`${use}_application_sid`]: null }
    return { [`${use}_application_sid`]: sids.show('AP', id), [`${use}_application_name`]: nameOf(id) }
  }
  const fallback = (use: Use) => ({
    [`${use}_fallback_url`]: url(`${use}FallbackUrl`),
    [`${use}_fallback_method`]: method(`${use}FallbackMethod`, `${use}FallbackUrl`),
  })
  const main = (use: Use) => ({ [`${use}_url`]: url(`${use}Url`), [`${use}_method`]: method(`${use}Method`, `${use}Url`) })
  return {
    sid,
    account_sid: accountSid,
    friendly_name: shownName(number),
    phone_number: number.number,
    ...main('voice'),
    ...fallback('voice'),
    status_callback: url('statusUrl'),
    status_callback_method: method('statusMethod', 'statusUrl'),
    voice_caller_id_lookup: detail['callerIdLookup'] ?? false,
    ...application('voice'),
    date_created: dateText(number.boughtAt ?? number.updatedAt),
    date_updated: dateText(number.updatedAt),
    ...main('sms'),
    ...fallback('sms'),
    ...application('sms'),
    ...main('ussd'),
    ...fallback('ussd'),
    ...application('ussd'),
    ...main('refer'),
    ...application('refer'),
    capabilities: {
      voice_capable: capabilities.voice,
      sms_capable: capabilities.sms,
      mms_capable: capabilities.mms,
      fax_capable: capabilities.fax,
    },
    api_version: apiVersion,
    uri: `/${apiVersion}/Accounts/${accountSid}/IncomingPhoneNumbers/${sid}${json ? '.json' : ''}`,
  }
}
