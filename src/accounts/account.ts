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
  /** Numbers an account on trial may own. */
  readonly trialNumbers: number
  /** Messages an hour to numbers that begin alike; 0 is no limit. */
  readonly prefixPerHour: number
  /** How many digits, country code first, count as beginning alike. */
  readonly prefixDigits: number
  /** Of one file that a message carries. */
  readonly attachmentBytes: number
  /** Of all files of a message together. */
  readonly messageMediaBytes: number
  /** Of all media that the account keeps, those of its messages included. */
  readonly mediaStoreBytes: number
  /** Messages a second that the account sends; what is more waits its turn. 0 is no limit. */
  readonly messagesPerSecond: number
  /** The same for each of its senders. */
  readonly senderPerSecond: number
  /** Messages of one sender that may be queued. */
  readonly queuedPerSender: number
  /** Calls a second that the account places; 0 is no limit. */
  readonly callsPerSecond: number
  /** Calls at once, those that came in included; 0 is no limit. */
  readonly concurrentCalls: number
  /** Calls at once of an account on trial. */
  readonly trialCalls: number
  /** Of one call, counted from its answer. */
  readonly callSeconds: number
  /** Participants of one conference that is reserved. */
  readonly reservedParticipants: number
  /** Tokens of its clients that an account of kind developer may have in a month. */
  readonly developerTokens: number
  /** What calls may cost in a day of the account's zone; 0 is no limit. */
  readonly callSpendPerDayMicros: number
  /** What an account of kind developer may use in a month, of everything; 0 is no limit. */
  readonly spendPerMonthMicros: number
}

export interface MessageSettings {
  /** How long a message is of use unless its sender says so, in seconds. */
  readonly validitySeconds: number
  /** How long a receipt is waited for once a message is sent, in seconds. */
  readonly receiptSeconds: number
  /** Whether messages from US numbers to US numbers need a registered campaign. */
  readonly usCampaigns: boolean
}

/** Whom an account may call, and who may call it. */
export interface VoiceSettings {
  /** ISO 3166 alpha-2 codes beside the account's own country; `*` opens all. */
  readonly countries: readonly string[]
  /** Of numbers that cost more than calls usually do, and of what fraud is made: those that are open. */
  readonly riskClasses: readonly string[]
  /** Numbers and beginnings of numbers, with +; empty: anybody. */
  readonly callers: readonly string[]
  /** The same of who is called; empty: anybody. */
  readonly called: readonly string[]
  /** Said to both sides before a call between them is recorded; empty: nothing is. */
  readonly consent: string
}

/** Days after which something is no longer kept; 0 keeps it for good. */
export interface RetentionDays {
  /** Ended messages with their part of the log. */
  readonly messages: number
  /** The text of ended messages; the rest of them stays. */
  readonly texts: number
  /** E-mails that have ended. */
  readonly emails: number
  /** Calls that have ended, with their part of the log. */
  readonly calls: number
  /** Recordings with their files. */
  readonly recordings: number
  /** What was told by webhooks, and how it went. */
  readonly deliveries: number
  /** Refusals; the platform keeps none longer than a week. */
  readonly refusals: number
}

export interface QuietHours {
  /** `HH:MM` on the clock of `zone`; from the evening over midnight where `to` is the earlier one. */
  readonly from: string
  readonly to: string
  /** Whose clock: the account's, or that of every zone of the recipient's country. */
  readonly zone: 'account' | 'recipient'
  /** Kinds of messages that keep them: sms, flash, mms. */
  readonly kinds: readonly string[]
  /** Whether a message waits until they are over or is refused. */
  readonly meanwhile: 'hold' | 'refuse'
}

/** What is answered when somebody writes STOP, START or HELP. Without a text it is the usual one of the language. */
export interface Answers {
  readonly enabled: boolean
  readonly stop?: string | null
  readonly start?: string | null
  readonly help?: string | null
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
  /** When the trial of an account on trial is over, ms UTC; null: never. */
  readonly trialEndsAt: number | null
  /** Addresses and CIDR ranges that requests may come from; empty is everywhere. */
  readonly allowedSources: readonly string[]
  /** Numbers and beginnings of numbers, with +, that the guard against pumped traffic lets pass. */
  readonly safeDestinations: readonly string[]
  /** null: none. */
  readonly quietHours: QuietHours | null
  readonly retentionDays: RetentionDays
  readonly answers: Answers
  readonly messages: MessageSettings
  readonly voice: VoiceSettings
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
  'international_sms',
  'voice_biometrics',
  'trace',
  'number_lookup',
  // Webhooks and media may be on this machine: for sandboxes.
  'loopback_urls',
] as const

/** Classes of numbers that are closed to calls until somebody opens them; most are the kinds of values/e164.ts. */
export const riskClasses = ['premium', 'shared_cost', 'personal', 'pager', 'satellite', 'global'] as const

const defaults: Settings = {
  features: features.filter((feature) => feature !== 'voice_biometrics' && feature !== 'loopback_urls'),
  limits: {
    keyPerSecond: 100,
    accountPerSecond: 200,
    platformPerSecond: 0,
    numbers: 1000,
    trialNumbers: 2,
    prefixPerHour: 0,
    prefixDigits: 7,
    attachmentBytes: 1_500_000,
    messageMediaBytes: 1_500_000,
    mediaStoreBytes: 1_000_000_000,
    messagesPerSecond: 0,
    senderPerSecond: 0,
    queuedPerSender: 100_000,
    callsPerSecond: 0,
    concurrentCalls: 0,
    trialCalls: 1,
    callSeconds: 14_400,
    reservedParticipants: 350,
    developerTokens: 1000,
    callSpendPerDayMicros: 0,
    spendPerMonthMicros: 0,
  },
  country: 'US',
  currency: 'USD',
  timezone: 'Etc/UTC',
  language: 'en-US',
  trialEndsAt: null,
  allowedSources: [],
  safeDestinations: [],
  quietHours: null,
  retentionDays: { messages: 0, texts: 0, emails: 0, calls: 0, recordings: 0, deliveries: 30, refusals: 7 },
  answers: { enabled: true },
  messages: { validitySeconds: 86_400, receiptSeconds: 259_200, usCampaigns: false },
  voice: { countries: [], riskClasses: [], callers: [], called: [], consent: '' },
}

/** The settings that are themselves inherited member by member. */
const groups = ['limits', 'retentionDays', 'answers', 'messages', 'voice'] as const
type Group = (typeof groups)[number]

export type SettingsChange = Partial<Omit<Settings, Group>> & { readonly [K in Group]?: Partial<Settings[K]> }

/** What is changed over what was set before, both of one account's own. */
export function joinSettings(before: SettingsChange, change: SettingsChange): SettingsChange {
  const joined: Record<string, unknown> = { ...before, ...change }
  for (const name of groups) if (change[name]) joined[name] = { ...before[name], ...change[name] }
  return joined
}

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
  return joinSettings(base, own) as Settings
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
