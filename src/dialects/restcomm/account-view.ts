// An account as this vendor's clients see it (reference 5). Its e-mail address and role are those of the user who owns the
// account's key here; an account made elsewhere has none until it gets such a key.

import type { Static } from 'typebox'
import type { Caller } from '#accounts/caller.ts'
import type { AccountView } from '#operations/accounts/account-view.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import { revealKeyOperation } from '#operations/keys/read-key.ts'
import { Refusal } from '#reasons/refusal.ts'
import { isUninitialized } from './auth.ts'
import { apiVersion, dateText, roleName } from './formats.ts'
import { faceName } from './ids.ts'
import type { Ask, Means } from './knock.ts'
import type { Shown } from './write.ts'

export type AccountShown = Static<typeof AccountView>

const kinds = { full: 'Full', trial: 'Trial', developer: 'Trial' } as const

const subresources = {
  available_phone_numbers: 'AvailablePhoneNumbers',
  calls: 'Calls',
  conferences: 'Conferences',
  incoming_phone_numbers: 'IncomingPhoneNumbers',
  notifications: 'Notifications',
  outgoing_caller_ids: 'OutgoingCallerIds',
  recordings: 'Recordings',
  sandbox: 'Sandbox',
  sms_messages: 'SMS/Messages',
  transcriptions: 'Transcriptions',
}

const maxKept = 1000
const kept = new Map<string, Shown>()

/** Always the same for one account: not written anew for each answer. */
function subresourceUris(at: string, suffix: string): Shown {
  let uris = kept.get(at + suffix)
  if (!uris) {
    uris = Object.fromEntries(Object.entries(subresources).map(([name, path]) => [name, `${at}/${path}${suffix}`]))
    if (kept.size >= maxKept) kept.clear()
    kept.set(at + suffix, uris)
  }
  return uris
}

/** The owner of the account's key at this face. */
export const ownerOf = async ({ parts, sids }: Means, accountId: number): Promise<Caller | undefined> =>
  parts.identity.byPublicId(faceName, await sids.ofAccount(accountId))

export async function statusOf(means: Means, { id, status }: Pick<AccountShown, 'id' | 'status'>): Promise<string> {
  return status === 'suspended' && (await isUninitialized(means, id)) ? 'uninitialized' : status
}

export async function accountView({ means, caller, json }: Ask, account: AccountShown): Promise<Shown> {
  const sid = await means.sids.ofAccount(account.id)
  const owner = await ownerOf(means, account.id)
  const at = `/${apiVersion}/Accounts/${sid}`
  // Its organization is the account right below the operator's.
  const rootId = account.depth < 2 ? account.id : caller.account.rootId
  const suffix = json ? '.json' : ''
  return {
    sid,
    organization: means.sids.show('OR', rootId),
    friendly_name: account.name,
    email_address: owner?.user?.login ?? null,
    type: kinds[account.kind],
    status: await statusOf(means, account),
    role: roleName(owner?.user?.role ?? 'administrator'),
    date_created: dateText(account.createdAt),
    date_updated: dateText(account.updatedAt),
    auth_token: owner ? await tokenOf(means, caller, owner) : null,
    uri: `/${apiVersion}/Accounts${suffix}/${sid}`,
    subresource_uris: subresourceUris(at, suffix),
  }
}

/**
 * Tokens shown before, by the owner they are of and the permissions they were shown to. The owner's key or anything of the
 * owner changed makes a new owner, whose token is asked for anew.
 */
const shownTokens = new WeakMap<Caller, WeakMap<Caller['permissions'], string | null>>()

/** Shown by design (reference 5), to whoever may see keys that can do as much. */
async function tokenOf({ parts }: Means, caller: Caller, owner: Caller): Promise<string | null> {
  let shown = shownTokens.get(owner)
  if (!shown) shownTokens.set(owner, (shown = new WeakMap()))
  let token = shown.get(caller.permissions)
  if (token === undefined) {
    token = await revealToken(parts, caller, owner)
    shown.set(caller.permissions, token)
  }
  return token
}

async function revealToken({ run }: FaceParts, caller: Caller, owner: Caller): Promise<string | null> {
  if (owner.credentialId === null || !caller.permissions.has('keys.write')) return null
  try {
    return (await run(revealKeyOperation, { ...caller, account: owner.account }, { id: owner.credentialId })).secret ?? null
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}
