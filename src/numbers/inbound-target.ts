// What serves a call or a message that comes in on a number: a script's URL, the number's own or its application's, or a
// named service. A damaged setting is told as what it is, and never as "not bound". Knows no protocol and fetches nothing.

import { refuse } from '#reasons/refusal.ts'
import { readApplication, readApplicationByName, type ApplicationRow } from '#store/applications.ts'
import { readNumberByNumber, type NumberRow } from '#store/numbers.ts'
import type { Reader } from '#store/store.ts'
import { requireUsable } from './number-state.ts'

export type Use = 'voice' | 'sms' | 'ussd' | 'refer'

/** The contexts of number.not_bound. */
const contexts: Readonly<Record<Use, string>> = { voice: 'Voice', sms: 'Sms', ussd: 'Ussd', refer: 'Refer' }

export interface Script {
  readonly url: string
  readonly method: 'GET' | 'POST'
}

export interface InboundTarget {
  readonly number: NumberRow
  readonly accountId: number
  /** The face that set it up: its form is the one that the application understands. */
  readonly face: string
  /** null for a named service that runs elsewhere. */
  readonly script: Script | null
  readonly fallback: Script | null
  /** Where states are told. */
  readonly status: Script | null
  readonly application: ApplicationRow | null
}

type Detail = Readonly<Record<string, unknown>>

/**
 * By a number in E.164. Gives number.not_found for one that nobody has, number.blocked, number.expired and number.not_active,
 * number.not_bound with the context, application.not_found, and provisioning.data_invalid for settings that cannot be used.
 */
export async function inboundTarget(read: Reader, text: string, use: Use, nowMs: number): Promise<InboundTarget> {
  const number = await readNumberByNumber(read, text)
  if (!number || number.account_id === null) refuse('number.not_found', { number: text })
  requireUsable(number, nowMs)
  const detail = detailOf(number.detail, 'number', text)
  const accountId = number.account_id
  const application = await applicationOf(read, number, detail, use)
  const bound = { number, accountId, face: number.face, application }
  if (application) {
    const own = detailOf(application.detail, 'application', application.name)
    const script = scriptIn(own, 'scriptUrl', 'scriptMethod', 'application', application.name)
    if (script || isService(application)) {
      const fallback = scriptIn(own, 'fallbackUrl', 'fallbackMethod', 'application', application.name)
      const status = scriptIn(own, 'statusUrl', 'statusMethod', 'application', application.name)
      return { ...bound, script, fallback, status }
    }
    refuse('provisioning.data_invalid', { object: 'application', id: application.name, fault: 'it has no script' })
  }
  const script = scriptIn(detail, `${use}Url`, `${use}Method`, 'number', text)
  if (!script) refuse('number.not_bound', { number: text, context: contexts[use] })
  const fallback = scriptIn(detail, `${use}FallbackUrl`, `${use}FallbackMethod`, 'number', text)
  return { ...bound, script, fallback, status: scriptIn(detail, 'statusUrl', 'statusMethod', 'number', text) }
}

/** That of the use goes before the named service, and that before the one for everything. Gives application.not_found. */
async function applicationOf(
  read: Reader,
  { account_id, application_id }: NumberRow,
  detail: Detail,
  use: Use,
): Promise<ApplicationRow | null> {
  const account = account_id!
  const own = detail[`${use}ApplicationId`]
  const { service } = detail
  if (typeof own !== 'number' && typeof service === 'string') {
    const named = await readApplicationByName(read, account, 'inbound', service)
    return named ?? refuse('application.not_found', {})
  }
  // A URL for this use is meant before an application that was chosen for another.
  const id = typeof own === 'number' ? own : hasUrl(detail, use) ? null : application_id
  if (id === null) return null
  const found = await readApplication(read, account, id)
  return found ?? refuse('application.not_found', {})
}

const hasUrl = (detail: Detail, use: Use): boolean => typeof detail[`${use}Url`] === 'string'

const isService = ({ kind }: ApplicationRow): boolean => kind === 'inbound'

function detailOf(text: string, object: 'number' | 'application', id: string): Detail {
  try {
    const detail: unknown = JSON.parse(text)
    if (typeof detail === 'object' && detail !== null && !Array.isArray(detail)) return detail as Detail
  } catch {
    // Told below: a row that was damaged is a fault of the provisioning, whoever damaged it.
  }
  refuse('provisioning.data_invalid', { object, id, fault: 'its settings cannot be read' })
}

/** null where there is none. Gives provisioning.data_invalid. */
function scriptIn(
  detail: Detail,
  urlName: string,
  methodName: string,
  object: 'number' | 'application',
  id: string,
): Script | null {
  const url = detail[urlName]
  if (url === undefined || url === null || url === '') return null
  const protocol = typeof url === 'string' ? URL.parse(url)?.protocol : undefined
  if (protocol !== 'http:' && protocol !== 'https:')
    refuse('provisioning.data_invalid', { object, id, fault: `${urlName} is no URL of a script` })
  return { url: url as string, method: detail[methodName] === 'GET' ? 'GET' : 'POST' }
}
