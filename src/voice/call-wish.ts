// What one wishes for with a call that goes out, before any of it is looked at. Plain data.

import type { Account } from '#accounts/account.ts'
import type { Place } from '#media/contract.ts'
import type { CallRow } from '#store/calls.ts'
import type { Actor } from '#store/happenings.ts'
import type { Occasion, ScriptMemory } from './script-form.ts'
import type { Digest } from './leg.ts'
import type { CallTarget, Page, Verb } from './verbs/verb.ts'

/** What runs on a call: a page that is asked for verbs in the words of a face, or verbs that are known already. */
export interface ScriptStart {
  /** Whose form asks and reads pages. */
  readonly face: string
  /** null: `verbs` alone. */
  readonly page: Page | null
  /** Why it is asked; `start` unless told. */
  readonly occasion?: Occasion
  /** Asked once, where the page cannot be had or does not read. */
  readonly fallback?: Page | null
  /** Done before any page is asked. */
  readonly verbs?: readonly Verb[]
  /** What the form keeps between requests, from its beginning on. */
  readonly memory?: ScriptMemory
  /** Of what came in: told once the call is over, whatever ended it, in the place of its number's status URL. */
  readonly finalPage?: Page | null
}

/** Where the states of one call are told. */
export interface CallCallback {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly fallbackUrl?: string | undefined
  readonly fallbackMethod?: 'GET' | 'POST' | undefined
  /** initiated, ringing, answered, completed; absent or empty: as the face has it. */
  readonly events?: readonly string[] | undefined
}

/** Of the call whose script dials another: what that one takes over from it. */
export interface ParentCall {
  readonly id: number
  readonly sessionId: number
  readonly row: Pick<CallRow, 'caller' | 'called' | 'user_id'>
  /** Throws a Refusal `platform.media_full`. */
  readonly place: Place
  /** How many servers it may still pass, where that is counted. */
  readonly hopsLeft?: number | undefined
}

export interface CallWish {
  readonly account: Account
  /** Whose words the call is told in. */
  readonly face: string
  /** api: a request asked for it. dial: a script, or a phone. */
  readonly origin: 'api' | 'dial'
  readonly actor: Actor
  readonly to: CallTarget
  /** As the called party sees it: E.164, a client's login, or empty for the caller's own where a script dials. */
  readonly from: string
  readonly fromName?: string | undefined
  readonly anonymous?: boolean | undefined
  /** The call whose script dials it: both share a session, and a media worker. */
  readonly parent?: ParentCall | undefined
  /** How long it may ring. */
  readonly timeoutMs: number
  /** Counted from the answer; absent: the account's own limit. */
  readonly mostMs?: number | undefined
  /** Names as they are sent: X- ones and those that a script may set. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly credentials?: Digest | undefined
  readonly maxPriceMicro?: number | undefined
  readonly callback?: CallCallback | undefined
  readonly clientRef?: string | undefined
  readonly applicationId?: number | undefined
  /** In whose log it stands; absent: the user of the number it is shown as, or of the parent. */
  readonly userId?: number | undefined
  /** What the face keeps with it and shows again. */
  readonly faceData?: Readonly<Record<string, unknown>> | undefined
  /** It goes on with a call that is up, which a phone has sent on: that one counts already. */
  readonly isDeflected?: boolean | undefined
  /** Runs once it is answered. */
  readonly script?: ScriptStart | undefined
}
