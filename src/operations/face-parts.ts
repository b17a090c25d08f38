// What main hands to every face: the one door to the core, and what proves who asks.

import type { Account } from '#accounts/account.ts'
import type { CredentialForm } from '#accounts/credential-form.ts'
import type { Identity } from '#accounts/identity.ts'
import type { Lockouts } from '#accounts/lockouts.ts'
import type { Rates } from '#accounts/rates.ts'
import type { Tokens } from '#accounts/tokens.ts'
import type { Script } from '#numbers/inbound-target.ts'
import type { FetchGuarded } from '#protocols/http/outgoing.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'
import type { ScriptStart } from '#voice/call-wish.ts'
import type { ScriptForm } from '#voice/script-form.ts'
import type { ScriptMeans } from '#voice/verbs/unfit.ts'
import type { TargetsOf, WebhookForm } from '#webhooks/webhook-form.ts'
import type { Face, ToldRefusal } from './knock.ts'
import type { Run } from './run.ts'
import type { SipReasonOf } from './sip-reason.ts'

export interface SipReach {
  /** Of the phones' addresses. */
  readonly domain: string
  readonly addresses: readonly {
    readonly transport: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'
    readonly host: string
    readonly port: number
  }[]
}

export interface FaceSettings {
  /** Where phones register; absent or undefined: no SIP is heard. */
  readonly sip?: () => SipReach | undefined
  /** Where clients reach us, without a slash at the end; may change while running. */
  readonly publicUrl: () => string
  /** Base address for links to an error's page; undefined for the vendor's own form. */
  readonly helpLinks: () => string | undefined
  /** The operator's switches for this face. */
  readonly options: () => Readonly<Record<string, string | number | boolean>>
}

export interface FaceParts {
  readonly run: Run
  readonly identity: Identity
  readonly tokens: Tokens
  readonly rates: Rates
  readonly lockouts: Lockouts
  /** For aliases and facets only; everything else goes through `run`. */
  readonly store: Store
  readonly key: Key
  readonly clock: Clock
  readonly nextId: NextId
  /** To addresses that customers chose. */
  readonly fetch: FetchGuarded
  readonly settings: FaceSettings
}

/** Who the first start makes, told to each face so that it can make what its clients need. */
export interface FirstOwner {
  readonly account: Account
  readonly userId: number
  readonly login: string
  readonly password: string
}

/** What a form of webhooks may need besides: it acts on answers. */
export interface WebhookFormParts extends FaceParts {
  /** Keeps and journals what was refused with nobody waiting for an answer. */
  told(refusal: ToldRefusal): void
}

export interface LintNote {
  /** A fault ends the script or its verb; a warning has a default in its place. */
  readonly kind: 'fault' | 'warning'
  /** Both from 1. */
  readonly line?: number
  readonly column?: number
  /** Where it is, in the words of the script: an element with its attribute, or a path. */
  readonly place?: string
  /** With what was given. */
  readonly text: string
  readonly expected?: string
  readonly reason?: Slug
  /** Of the vendor's, where it has one. */
  readonly code?: string
}

export interface Dialect {
  readonly form: CredentialForm
  open(parts: FaceParts): Face<any>
  /** How its customers' URLs are told of messages; without it they cannot give any. */
  webhookForm?(parts: WebhookFormParts): WebhookForm
  /** What its scripts of calls are; without it nothing answers a call of a number that was set up here. */
  scriptForm?(parts: FaceParts): ScriptForm
  /** What is wrong with a script, all of it, without a call. Absent where scripts have no form in which they could be kept in a file. */
  lintScript?(text: string, means: ScriptMeans): Promise<readonly LintNote[]>
  /** Its code in the Reason headers of its calls; undefined: it has none. */
  readonly sipReason?: SipReasonOf
  /** Who is told besides the URLs of messages and numbers: what its clients subscribed to. */
  webhookTargets?(parts: FaceParts): TargetsOf
  /** The kinds of happenings that its status callbacks tell, where they are not the usual ones. */
  readonly statusKinds?: ReadonlySet<string>
  /** Its status callbacks tell calls; those of other faces are told of none. */
  readonly tellsCalls?: true
  /** And recordings. */
  readonly tellsRecordings?: true
  /** Its clients know each segment of a message by an id of its own, and are told of each. */
  readonly tellsSegments?: true
  /** Where messages to a named service go, by the configuration that the service was given here. */
  servicePage?(configuration: unknown): Script | undefined
  /** What runs on calls of a named service, likewise. Throws why nothing can, as application.settings_invalid. */
  serviceScript?(configuration: unknown, name: string): Omit<ScriptStart, 'face'> | undefined
  /** That a number is bound to nothing is a fault of its provisioning, told as such when a message comes. */
  readonly tellsUnbound?: true
  /**
   * Makes what a client of this face needs for the sandbox account, and gives what to write into the credentials
   * file: plain names and values, the base URL included.
   */
  firstCredentials(parts: FaceParts, owner: FirstOwner): Promise<Record<string, string | number | readonly string[]>>
}
