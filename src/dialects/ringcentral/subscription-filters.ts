// What may be subscribed to (reference 11.2), as far as there is something to tell of: the messages of one's own extension, what came in,
// told whole at once, the calls of one's own extension or of the account, and the presence of whoever lets it be seen, one or all. A filter
// is a path, optionally with a query; whose it is, is checked here too.

import { readUserOperation } from '#operations/users/read-user.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import type { Caller } from '#accounts/caller.ts'
import type { UserShown } from '#operations/users/user-view.ts'
import type { EntryShown } from '#operations/mailbox/entry-view.ts'
import { extensionType } from './extension-view.ts'
import { shown } from './json-body.ts'
import type { Room } from './knock.ts'
import { userMay, type ApplicationPermission, type UserPermission } from './permissions.ts'
import { isSeenByOthers } from './presence.ts'

export interface Filter {
  readonly of: 'message-store' | 'message-store/instant' | 'voicemail' | 'presence' | 'telephony/sessions'
  /** Undefined: all. */
  readonly type?: 'SMS' | 'Pager' | 'VoiceMail'
  readonly direction?: 'Inbound' | 'Outbound'
  readonly detailedTelephonyState?: 'true' | 'false'
  readonly sipData?: 'true' | 'false'
  /** Whose, by the core's id, or everybody's; absent: one's own. */
  readonly user?: string
}

/** What an application needs to watch it (reference section 4). */
export const permissionFor: Readonly<Record<Filter['of'], ApplicationPermission>> = {
  'message-store': 'ReadMessages',
  'message-store/instant': 'ReadMessages',
  voicemail: 'ReadMessages',
  presence: 'ReadPresence',
  'telephony/sessions': 'CallControl',
}

/** As the vendor names the kinds of what stands in a store. */
export const typeOf = (kind: EntryShown['kind']): NonNullable<Filter['type']> =>
  kind === 'voicemail' ? 'VoiceMail' : kind === 'internal' ? 'Pager' : 'SMS'

/** Of a filter on the whole account, in place of a user. */
export const everybody = 'all'

const pattern =
  /^(?:https?:\/\/[^/?#]+)?(?:\/ringcentral)?\/restapi\/v1\.0\/account\/([^/?#]+)(?:\/extension\/([^/?#]+))?\/(message-store(?:\/instant)?|voicemail|presence|telephony\/sessions)(?:\?([^#]*))?$/
/** What may be watched of the whole account, and what its user needs for it. */
const ofAccount: { readonly [of in Filter['of']]?: UserPermission } = {
  presence: 'ReadPresenceStatus',
  'telephony/sessions': 'ReadCompanyCallLog',
}
const types = new Set(['SMS', 'Pager', 'VoiceMail'])
const directions = new Set(['Inbound', 'Outbound'])
const flags = new Set(['true', 'false'])
/** Names and values of the query, by what is watched. */
const known: Readonly<Record<Filter['of'], Readonly<Record<string, ReadonlySet<string>>>>> = {
  'message-store': { type: types, direction: directions },
  'message-store/instant': { type: types, direction: directions },
  voicemail: {},
  presence: { detailedTelephonyState: flags, sipData: flags },
  'telephony/sessions': { direction: directions },
}
const filtersAtMost = 100

interface Named {
  readonly text: string
  readonly account: string
  /** Undefined: of the whole account. */
  readonly extension: string | undefined
  readonly filter: Filter
}

/** What its user needs to be told of it. */
export const userPermissionFor = ({ of, user }: Filter): UserPermission =>
  (user === everybody ? ofAccount[of] : undefined) ?? (permissionFor[of] === 'ReadMessages' ? 'ReadMessages' : 'ReadCallLog')

/**
 * In the order of the request. What is wrong with each is collected (reference 12.6). Gives subscription.filters_invalid,
 * subscription.foreign_events, subscription.user_unknown, request.parameter_missing, request.parameter_invalid.
 */
export async function filtersOf(room: Room, caller: Caller, value: unknown): Promise<{ filters: Filter[]; faults: Refusal[] }> {
  if (value === undefined || value === null) refuse('request.parameter_missing', { parameter: 'eventFilters' })
  const isList = Array.isArray(value) && value.length > 0 && value.length <= filtersAtMost
  if (!isList || value.some((one) => typeof one !== 'string'))
    refuse('request.parameter_invalid', {
      parameter: 'eventFilters',
      value: shown(value),
      expected: `1 to ${filtersAtMost} texts`,
    })
  const read = (value as string[]).map((text) => ({ text: text.slice(0, 300), named: readFilter(text) }))
  const strange = read.filter(({ named }) => named === undefined).map(({ text }) => text)
  const faults: Refusal[] =
    strange.length > 0 ? [refusal('subscription.filters_invalid', { filter: strange.join(', ').slice(0, 1000) })] : []
  for (const { named } of read) {
    const fault = named && (await faultOfOwner(room, caller, named))
    if (fault) faults.push(fault)
  }
  return { filters: read.flatMap(({ named }) => (named ? [watched(room, caller, named)] : [])), faults }
}

/** With whose it is, where it is not one's own. */
function watched(room: Room, caller: Caller, { extension, filter }: Named): Filter {
  if (extension === undefined) return { ...filter, user: everybody }
  const user = extension === '~' ? undefined : room.ids.read('user', extension)
  return user === undefined || user === caller.user!.id ? filter : { ...filter, user: String(user) }
}

function readFilter(text: string): Named | undefined {
  const [, account, extension, of, query = ''] = pattern.exec(text) ?? []
  if (of === undefined) return undefined
  const asked = [...new URLSearchParams(query)]
  const names = asked.map(([name]) => name)
  if (new Set(names).size < names.length) return undefined
  const values = known[of as Filter['of']]
  if (!asked.every(([name, one]) => Object.hasOwn(values, name) && values[name]!.has(one))) return undefined
  const filter = { of, ...Object.fromEntries(asked) } as Filter
  // Only what comes in, by SMS, is told at once.
  if (of === 'message-store/instant' && (filter.type !== 'SMS' || filter.direction !== undefined)) return undefined
  if (extension === undefined && !ofAccount[of as Filter['of']]) return undefined
  const path = [account!, ...(extension === undefined ? [] : [extension])].map(decoded)
  if (!path.every((one) => /^(?:~|\d{1,20})$/.test(one))) return undefined
  return { text: text.slice(0, 300), account: path[0]!, extension: path[1], filter }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

/** Nobody can give a grant here: messages and calls of others are closed, to administrators too. */
async function faultOfOwner(
  room: Room,
  caller: Caller,
  { text, account, extension, filter }: Named,
): Promise<Refusal | undefined> {
  if (account !== '~' && room.ids.read('account', account) !== caller.account.id)
    return refusal('subscription.foreign_events', { border: 'account', filter: text })
  const needed = extension === undefined ? ofAccount[filter.of]! : undefined
  if (needed !== undefined)
    return userMay(caller, needed) ? undefined : refusal('permission.missing', { permission: needed, kind: 'named' })
  if (extension === undefined || extension === '~') return undefined
  const user = room.ids.read('user', extension)
  if (user === caller.user!.id) return undefined
  const watchedUser = user === undefined ? undefined : await userIfThere(room, caller, user)
  if (user === undefined || !watchedUser) return refusal('subscription.user_unknown', { user: extension, filter: text })
  if (filter.of !== 'presence') return refusal('subscription.foreign_events', { border: 'extension', filter: text })
  // The vendor names the filter where its text has a URL.
  if (extensionType(watchedUser) !== 'User')
    return refusal('feature.not_for_extension_type', {
      feature: 'presence',
      extensionType: extensionType(watchedUser),
      url: text,
    })
  if (!(await isSeenByOthers(room, user)) && caller.user!.role !== 'administrator')
    return refusal('presence.not_allowed_by_user', { right: 'monitor', filter: text })
  // Nobody can let others take their calls here.
  return filter.sipData === 'true' ? refusal('presence.not_allowed_by_user', { right: 'pickup', filter: text }) : undefined
}

async function userIfThere(room: Room, caller: Caller, id: number): Promise<UserShown | undefined> {
  try {
    return await room.parts.run(readUserOperation, caller, { id })
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/** Of a path below an extension, with its query. */
export function filterText({ of, ...asked }: Filter): string {
  const query = new URLSearchParams(asked).toString()
  return query === '' ? of : `${of}?${query}`
}

/** With whose it is spelled out (reference 2.1). */
export function filterUri(room: Room, accountId: number, userId: number, text: string): string {
  const { user, ...filter } = keptFilter(text)
  const account = `/restapi/v1.0/account/${room.ids.show('account', accountId)}`
  if (user === everybody) return `${account}/${filterText(filter)}`
  return `${account}/extension/${room.ids.show('user', user === undefined ? userId : Number(user))}/${filterText(filter)}`
}

/** Reads what filterText wrote. */
export function keptFilter(text: string): Filter {
  const [of, query = ''] = text.split('?')
  return { of, ...Object.fromEntries(new URLSearchParams(query)) } as Filter
}
