// An account as the core reckons with it: its row joined with what it inherits from those above it.
// Settings are inherited member by member; a closed or suspended ancestor closes or suspends what is below it.

import { readAccount, type AccountRow } from '#store/accounts.ts'
import type { Reader } from '#store/store.ts'

export type AccountStatus = 'active' | 'suspended' | 'closed'

export interface Limits {
  /** Requests a second for one key. */
  readonly keyPerSecond: number
  /** Requests a second for the account with all its keys. */
  readonly accountPerSecond: number
  /** Requests a second for everybody together; 0 is no limit. Counts only in the root account's settings. */
  readonly platformPerSecond: number
  /** Numbers the account may own. */
  readonly numbers: number
}

export interface Settings {
  /** Features switched on by name. */
  readonly features: readonly string[]
  readonly limits: Limits
  /** ISO 3166 alpha-2 */
  readonly country: string
  /** ISO 4217 */
  readonly currency: string
  /** IANA time zone */
  readonly timezone: string
  /** BCP 47 */
  readonly language: string
  /** Addresses and CIDR ranges that requests may come from; empty is everywhere. */
  readonly allowedSources: readonly string[]
}

/** Every feature that can be switched on or off for an account. */
export const features = [
  'sms',
  'mms',
  'voice',
  'fax',
  'conference',
  'recording',
  'verification',
  'masking',
  'flash_sms',
  'alphanumeric_sender',
  'us_sms',
  'voice_biometrics',
  'trace',
  'number_lookup',
] as const

const defaults: Settings = {
  features: features.filter((feature) => feature !== 'voice_biometrics'),
  limits: { keyPerSecond: 100, accountPerSecond: 200, platformPerSecond: 0, numbers: 1000 },
  country: 'US',
  currency: 'USD',
  timezone: 'Etc/UTC',
  language: 'en-US',
  allowedSources: [],
}

export type SettingsChange = Partial<Omit<Settings, 'limits'>> & { readonly limits?: Partial<Limits> }

export interface Account {
  readonly id: number
  readonly parentId: number | null
  /** The account just below the operator's, or the operator's own. */
  readonly rootId: number
  readonly path: string
  readonly depth: number
  readonly name: string
  /** Its own and inherited status together. */
  readonly status: AccountStatus
  readonly ownStatus: AccountStatus
  readonly kind: 'full' | 'trial' | 'developer'
  readonly settings: Settings
  readonly createdMs: number
  readonly updatedMs: number
}

const severity: Record<AccountStatus, number> = { active: 0, suspended: 1, closed: 2 }

function inherit(base: Settings, own: SettingsChange): Settings {
  return { ...base, ...own, limits: { ...base.limits, ...own.limits } }
}

/** Joins an account's row with its ancestors', outermost first and itself last. */
export function accountFrom(chain: readonly AccountRow[]): Account {
  const own = chain.at(-1)!
  let settings = defaults
  let status: AccountStatus = 'active'
  for (const row of chain) {
    settings = inherit(settings, JSON.parse(row.settings) as SettingsChange)
    if (severity[row.status as AccountStatus] > severity[status]) status = row.status as AccountStatus
  }
  return {
    id: own.id,
    parentId: own.parent_id,
    rootId: chain[1]?.id ?? own.id,
    path: own.path,
    depth: own.depth,
    name: own.name,
    status,
    ownStatus: own.status as AccountStatus,
    kind: own.kind as Account['kind'],
    settings,
    createdMs: own.created_ms,
    updatedMs: own.updated_ms,
  }
}

export const pathIds = (path: string): number[] => path.split('/').filter(Boolean).map(Number)

/** The account with what it inherits, or undefined when there is none. */
export async function loadAccount(reader: Reader, id: number): Promise<Account | undefined> {
  const own = await readAccount(reader, id)
  if (!own) return undefined
  const chain: AccountRow[] = []
  for (const ancestor of pathIds(own.path).slice(0, -1)) {
    const row = await readAccount(reader, ancestor)
    if (row) chain.push(row)
  }
  return accountFrom([...chain, own])
}
