// What the operations on numbers share: reading a number in E.164, and checking what it points at.

import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { refuse } from '#reasons/refusal.ts'
import { readApplication, readApplicationByName } from '#store/applications.ts'
import type { Reader } from '#store/store.ts'
import { readUser } from '#store/users.ts'
import type { Caller } from '#accounts/caller.ts'
import type { NumberDetailValue } from './number-view.ts'

/** E.164 with `+`; the national form needs the country. Gives number.invalid. */
export function e164(text: string, country?: string): string {
  const parsed = parsePhoneNumberFromString(text.startsWith('+') || country ? text : `+${text}`, country as 'US' | undefined)
  if (!parsed?.isPossible()) refuse('number.invalid', { number: text })
  return parsed.number
}

/** Every application, service and user that the detail points at must be the account's. Gives application.not_found, service.not_found, account.user_unknown. */
export async function requireTargets(
  read: Reader,
  caller: Caller,
  applicationId: number | null | undefined,
  detail: NumberDetailValue | undefined,
): Promise<void> {
  const named = Object.entries(detail ?? {}).filter(
    ([field, value]) => field.endsWith('ApplicationId') && typeof value === 'number',
  )
  for (const id of [applicationId, ...named.map(([, value]) => value as number)]) {
    if (typeof id === 'number' && !(await readApplication(read, caller.account.id, id))) refuse('application.not_found', {})
  }
  const service = detail?.['service']
  if (typeof service === 'string' && !(await readApplicationByName(read, caller.account.id, 'inbound', service))) {
    refuse('service.not_found', { service })
  }
  const userId = detail?.['userId']
  if (typeof userId === 'number' && (await readUser(read, userId))?.account_id !== caller.account.id)
    refuse('account.user_unknown', { parameter: 'userId' })
}
