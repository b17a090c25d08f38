// What running scripts need of the rest, handed in by the roof: pages, sound, legs, messages. Each may reject with a Refusal, which is
// told to whoever wrote the script, and then the next verb has its turn.

import type { Account } from '#accounts/account.ts'
import type { Clip, Listen } from '#media/contract.ts'
import type { FetchGuarded } from '#protocols/http/outgoing.ts'
import type { Refusal } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import type { CallWish, ScriptStart } from './call-wish.ts'
import type { Conferences } from './conferences.ts'
import type { ScriptExchange } from './fetch-script.ts'
import type { LiveCall } from './live-call.ts'
import type { Recordings } from './recordings.ts'
import type { ScriptForm, ScriptForms } from './script-form.ts'
import type { At, Audio, CallTarget, Gather, Page, Recorded, SendEmail, SendMessage } from './verbs/verb.ts'

export interface ScriptParts {
  readonly clock: Clock
  readonly forms: ScriptForms
  readonly fetch: FetchGuarded
  /** Whether pages of this account may be on this machine: the sandbox. */
  loopback(account: Account): boolean
  /** Sound made playable. Rejects with `play.*`, `tts.*`, `webhook.*`. */
  clips(call: LiveCall, audio: readonly Audio[]): Promise<readonly Clip[]>
  /** Who recognises speech for it. Throws `speech.*`. */
  listen(call: LiveCall, gather: Gather): Listen
  /** Rings one leg: `Calls.place`. */
  place(wish: CallWish): Promise<LiveCall>
  /** What an application or a service of the account stands for, by name. Rejects with `application.not_found`, `number.not_bound`. */
  service(call: LiveCall, name: string): Promise<readonly CallTarget[]>
  /** What a caller hears who comes to a reserved conference too early: the service that its reservation names. */
  diverted(call: LiveCall, conference: string): Promise<ScriptStart | undefined>
  readonly recordings: Recordings
  readonly conferences: Conferences
  /** Gives the message's id. */
  sendMessage(call: LiveCall, verb: SendMessage): Promise<number>
  sendEmail(call: LiveCall, verb: SendEmail): Promise<void>
  /** A file of the account's store, or a recording. */
  deleteFile(call: LiveCall, name: string, recorded?: Recorded): Promise<void>
  /** The page that a phone's REFER is answered by, set with the number that began the call. Rejects with `number.not_bound`. */
  referPage(call: LiveCall): Promise<{ readonly face: string; readonly page: Page }>
  /** The call on this node whose dialog a Replaces header (RFC 3891) names. */
  dialog(call: LiveCall, replaces: string): LiveCall | undefined
  /** Whether it names a call of the same account on another node. */
  isDialogElsewhere(call: LiveCall, replaces: string): Promise<boolean>
  /** The account's call on this node with that id. */
  callOf(call: LiveCall, id: number): LiveCall | undefined
  /** A script asked for a REFER, and how it went: its record. */
  referred(call: LiveCall, refer: ReferTold): Promise<void>
  /** Every page that was asked, for the timeline; unsynchronised. */
  asked(call: LiveCall, exchange: ScriptExchange): void
  /** What whoever wrote the script should know, at once. */
  trouble(call: LiveCall, trouble: ScriptTrouble): void
  /** A bug of ours: journalled; the call ends with `platform.internal_error`. Gives that refusal. */
  fault(call: LiveCall, error: unknown): Refusal
}

export interface ReferTold {
  readonly target: string
  readonly sipStatus: number | null
  readonly notifiedStatus: number | null
}

/** What went wrong with a script, and where. */
export interface ScriptTrouble {
  readonly form: ScriptForm
  readonly refusal: Refusal
  /** Whose answer it was in, or which could not be had. */
  readonly page: Page | null
  readonly verb?: string
  readonly at?: At
  readonly exchange?: ScriptExchange
  /** The script goes on. */
  readonly isWarning?: boolean
}
