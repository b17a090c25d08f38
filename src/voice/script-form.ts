// What voice needs of a face that has scripts: the request that asks for one, and what an answer says. A face hands its form in through the
// roof. Nothing here fetches, waits or does anything.

import type { Refusal } from '#reasons/refusal.ts'
import type { MaybePromise } from '#store/store.ts'
import type { Page, Verb } from './verbs/verb.ts'

/** A call as scripts and status callbacks are told of it. Times in ms UTC. */
export interface CallView {
  readonly id: number
  readonly sessionId: number
  readonly parentId: number | null
  readonly accountId: number
  readonly direction: 'in' | 'out'
  /** inbound; api: placed by a request; dial: by a script. */
  readonly origin: 'inbound' | 'api' | 'dial'
  readonly from: string
  readonly to: string
  readonly fromName: string
  readonly forwardedFrom: string
  readonly state: CallState
  readonly createdMs: number
  readonly ringingMs: number | null
  readonly answeredMs: number | null
  readonly endedMs: number | null
  /** Reason, once it has ended, and whatever is known of the network's word. */
  readonly reason: string | null
  readonly sipStatus: number | null
  readonly q850: number | null
  readonly numberId: number | null
  /** The number that it came in to or is shown as, with +. */
  readonly number: string
  readonly carrierId: number | null
  readonly clientId: number | null
  readonly clientLogin: string
  /** X- headers of the INVITE. */
  readonly headers: Readonly<Record<string, string>>
  /** The like of the answer to a call that went out. */
  readonly answerHeaders: Readonly<Record<string, string>>
  /** Of whoever placed it: a reference, a token, what the face keeps of its own request. */
  readonly clientRef: string
  readonly faceData: Readonly<Record<string, unknown>>
}

export type CallState = 'queued' | 'ringing' | 'answered' | 'completed' | 'busy' | 'no_answer' | 'failed' | 'canceled'

/** How a verb came out. */
export type VerbResult =
  | { readonly verb: 'play'; readonly interrupted: boolean }
  | {
      readonly verb: 'gather'
      readonly how: 'digits' | 'speech' | 'nothing' | 'invalid'
      readonly digits: string
      readonly speech?: string
      readonly confidence?: number
      readonly choice?: Page
    }
  | {
      readonly verb: 'record'
      readonly recordingId: number | null
      readonly durationMs: number
      readonly hasSound: boolean
      readonly digits: string
      readonly hungUp: boolean
    }
  | {
      readonly verb: 'dial'
      /** How the last or the best of its legs came out. */
      readonly state: 'completed' | 'busy' | 'no_answer' | 'failed' | 'canceled'
      /** The record of that leg, also of one that was refused before it was placed. */
      readonly callId: number | null
      /** That leg, as it is now. */
      readonly leg?: CallView
      /** Somebody was rung, or tried. */
      readonly wasPlaced: boolean
      readonly connectedMs: number
      readonly ringMs: number
      readonly recordingId: number | null
      readonly refusal?: Refusal
      readonly sipCallId?: string
      readonly sipStatus?: number
      readonly headers?: Readonly<Record<string, string>>
    }
  | {
      readonly verb: 'conference'
      readonly conferenceId: number | null
      readonly connectedMs: number
      readonly refusal?: Refusal
    }
  | { readonly verb: 'message'; readonly messageId: number | null; readonly refusal?: Refusal }
  | { readonly verb: 'hold' | 'resume'; readonly state: 'done' | 'failed' | 'no_answer'; readonly sipStatus?: number }
  | { readonly verb: 'refer'; readonly accepted: boolean; readonly sipStatus?: number; readonly notifiedStatus?: number }
  | {
      readonly verb:
        | 'pause'
        | 'answer'
        | 'hangUp'
        | 'reject'
        | 'redirect'
        | 'stopRecording'
        | 'email'
        | 'endAfter'
        | 'deleteFile'
        | 'supervise'
    }

/** Why a page is asked now. */
export type Occasion =
  /** The first script of the call (or of a leg that is screened). */
  | {
      readonly type: 'start'
      readonly screening?: boolean
      /** Of the leg that is screened, its Call-ID. */
      readonly sipCallId?: string
      readonly refer?: { readonly target: string; readonly transferor: string; readonly transferee: string }
    }
  | { readonly type: 'result'; readonly result: VerbResult; readonly tag?: string }
  | { readonly type: 'redirect' }
  /** A request changed the running call. */
  | { readonly type: 'changed' }
  | { readonly type: 'interrupted'; readonly verb?: Verb['verb']; readonly tag?: string }
  /** Its answer does not count. */
  | { readonly type: 'partial'; readonly text: string; readonly confidence: number }
  /** The wait script of a conference: play, say and redirect only. */
  | { readonly type: 'wait'; readonly conference: string }
  /** The script could not be had or done; its answer, if any, replaces it once. */
  | { readonly type: 'error'; readonly refusal: Refusal }

export interface ScriptRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface ScriptAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Buffer
  /** Where it came from in the end. */
  readonly url: string
}

export interface ScriptWarning {
  readonly text: string
  readonly line?: number
  readonly column?: number
  /** Where whoever wrote the script is to be told as of a fault, though the script goes on. */
  readonly refusal?: Refusal
}

export interface Script {
  readonly verbs: readonly Verb[]
  /** What the developer should know though it is no fault: an element that is not known, with its place. */
  readonly warnings: readonly ScriptWarning[]
}

/** What a form keeps with a running script between requests: a token, a version. Plain JSON. */
export type ScriptMemory = { [name: string]: unknown }

export interface ScriptForm {
  readonly face: string
  request(page: Page, occasion: Occasion, call: CallView, memory: ScriptMemory): MaybePromise<ScriptRequest>
  /**
   * Reads an answer with a good status. Throws a Refusal `markup.*` with line, column, element, attribute and what was expected; never anything
   * else, whatever the bytes.
   */
  read(answer: ScriptAnswer, call: CallView, memory: ScriptMemory): MaybePromise<Script>
  /** The page for calls to numbers of the account that lead nowhere of their own. */
  pageOfAccount?(accountId: number): Promise<Page | undefined>
  /** What is done for such a call without any page: of whom a number is. */
  verbsOfUser?(user: { readonly accountId: number; readonly userId: number }): Promise<readonly Verb[] | undefined>
  /** What is good as a status; unless told any 2xx. */
  accepts?(status: number): boolean
  /** Unless told 6,000. */
  readonly timeoutMs?: number
  /** `answer` and `reject` are told by the script; else any verb but these and a leading pause answers the call first. */
  readonly answersItself?: boolean | ((memory: ScriptMemory) => boolean)
  /** Verbs that run before the call is answered without answering it; what it hears then is early media. */
  readonly beforeAnswer?: readonly Verb['verb'][]
  /** Whether a verb that fails with this reason ends the script, as a page that cannot be had does; unless told the next verb runs. */
  endsScript?(refusal: Refusal, verb: Verb): boolean
  /** X- headers of the INVITE to a phone of the account's own. */
  phoneHeaders?(call: CallView): MaybePromise<Readonly<Record<string, string>>>
  /** The face's own number of what is told to whoever wrote the script, for its notifications. */
  codeOf?(refusal: Refusal): string
  /** The SIP status for a caller who was not answered when the script could not be had or done; unless told the reason's own. */
  statusOf?(refusal: Refusal): number | undefined
  /** The same for a script that hangs up before the answer, or ends; unless told 603. */
  readonly hangUpStatus?: number
  /** What may not stand in the page that a called party hears before it is connected: told, and passed over. */
  readonly barredInScreening?: readonly Verb['verb'][]
  /** Notes in its memory what went wrong with a verb, for whatever it tells next; the script goes on, or ends, all the same. */
  noteTrouble?(refusal: Refusal, memory: ScriptMemory): void
  /** What of its memory is kept with the call, as data of the face, so that what is told after its end still has it. */
  kept?(memory: ScriptMemory): Readonly<Record<string, unknown>>
  /** A script that ends leaves the call up; else it ends the call. */
  readonly staysAfterEnd?: boolean
}

export type ScriptForms = ReadonlyMap<string, ScriptForm>
