// What can be done with a call, as our own union. A dialect only parses its markup into it (RCML, REST actions, call commands, call flows);
// each verb is done in a file of its own beside this one. Nothing here knows who says it.

/** Where a script goes on: asked with the result of what was done. Absolute once it is parsed. */
export interface Page {
  readonly url: string
  readonly method: 'GET' | 'POST'
}

export interface Voice {
  /** BCP 47. */
  readonly language: string
  /** A provider by name; absent: the platform's usual one. */
  readonly provider?: string
  /** As the provider names them; `female` and `male` are known to all. */
  readonly voice?: string
  /** 1 is usual. */
  readonly speed?: number
}

/** A recording of the account, by its call and the second in which it began. */
export interface Recorded {
  readonly callId: number
  readonly beganMs: number
}

/** Something to hear. */
export type Audio =
  | ({ readonly kind: 'say'; readonly text: string } & Voice)
  | { readonly kind: 'url'; readonly url: string; readonly method?: 'GET' | 'POST' }
  /** A file of the account's own store, by name. */
  | { readonly kind: 'file'; readonly name: string }
  | ({ readonly kind: 'recording' } & Recorded)
  | { readonly kind: 'silence'; readonly ms: number }
  | { readonly kind: 'digits'; readonly digits: string }
  /** By name and country: ringback, busy, beep, music. */
  | { readonly kind: 'tone'; readonly tone: 'ringback' | 'busy' | 'beep' | 'music'; readonly country?: string }

/** Where the element stands, for whoever wrote it: faults while doing it say so. */
export interface At {
  readonly line?: number
  readonly column?: number
  readonly element?: string
}

interface Base {
  readonly at?: At
  /** The dialect's own name of it (`client action id`, `id`), given back with the result. */
  readonly tag?: string
}

/** Asked with the result once the verb is over; absent: the next verb runs. */
interface Then {
  readonly then?: Page
}

export interface Answer extends Base {
  readonly verb: 'answer'
}

export interface Play extends Base {
  readonly verb: 'play'
  readonly audio: readonly Audio[]
  /** 0: until the call ends. */
  readonly times: number
  /** Digits that end it, e.g. barge-in; they are kept for the gather that follows. */
  readonly stopOn?: string
  readonly stopOnSpeech?: boolean
}

export interface Pause extends Base {
  readonly verb: 'pause'
  readonly ms: number
}

/** Digits, speech or both. */
export interface Gather extends Base, Then {
  readonly verb: 'gather'
  readonly prompt: readonly Audio[]
  readonly promptTimes?: number
  readonly inputs: readonly ('digits' | 'speech')[]
  readonly valid: string
  readonly most: number
  readonly least?: number
  readonly finishOn: string
  readonly firstMs: number
  readonly betweenMs: number
  readonly inAllMs?: number
  readonly bargeIn: boolean
  /** `then` is asked without any input too. */
  readonly thenWhenEmpty: boolean
  /** Without good input the call ends. */
  readonly required?: boolean
  readonly language?: string
  readonly hints?: readonly string[]
  /** Told of what is heard so far; the answer does not count. */
  readonly partials?: Page
  /** One after the other is played before another try, when nothing or something invalid came; after the last it is over. */
  readonly again?: {
    readonly onNothing: readonly (readonly Audio[])[]
    readonly onInvalid: readonly (readonly Audio[])[]
    /** It is played instead of the prompt, not before it. */
    readonly inPlaceOfPrompt?: boolean
  }
  /** Which page each choice leads to; anything else is invalid. Digits, or words when speech is heard. */
  readonly choices?: readonly { readonly digit?: string; readonly word?: string; readonly page: Page }[]
  /** Plays the prompt again. */
  readonly helpDigit?: string
  readonly success?: readonly Audio[]
  readonly failure?: readonly Audio[]
}

export interface RecordCall extends Base, Then {
  readonly verb: 'record'
  readonly channels: 'mixed' | 'dual' | 'heard'
  readonly mostMs: number
  readonly silenceMs: number
  readonly firstSilenceMs?: number
  readonly finishOn: string
  readonly beep: boolean
  readonly trim: boolean
  /** Asked even when nothing was recorded. */
  readonly thenWhenEmpty: boolean
  /** Goes on beside the verbs that follow. */
  readonly background?: boolean
  /** Beside whatever script comes in this one's place too, until the call ends. */
  readonly wholeCall?: boolean
  /** What is left for this user, who finds it in their mailbox. */
  readonly voicemailOf?: number
  /** Told once the file can be fetched; see recording targets. */
  readonly callback?: Page
  readonly transcribe?: { readonly callback?: Page }
  /** The application keeps the key: the file is sealed for it (hex key, initialisation vector). */
  readonly cipher?: { readonly type: 'aescbc'; readonly key: string; readonly iv: string }
}

export interface StopRecording extends Base {
  readonly verb: 'stopRecording'
}

/** One party that a dial rings. */
export interface DialTarget extends Base {
  readonly to:
    | { readonly kind: 'number'; readonly number: string }
    | { readonly kind: 'client'; readonly login: string }
    | { readonly kind: 'sip'; readonly uri: string; readonly username?: string; readonly password?: string }
    /** An inbound service or application of the account by name. */
    | { readonly kind: 'service'; readonly name: string }
  readonly headers?: Readonly<Record<string, string>>
  /** Runs on the called party's leg once it answers, while the caller still hears ringing: screening, whisper. */
  readonly screen?: Page
  /** Asked once, on the called party's leg too, where `screen` cannot be had or done. */
  readonly screenFallback?: Page
  /** Digits after the answer; `w` waits half a second. */
  readonly sendDigits?: string
  readonly status?: StatusCallback
}

export interface StatusCallback extends Page {
  /** initiated, ringing, answered, completed; empty: all. */
  readonly events: readonly string[]
}

/** Somebody who can be called: a service stands for such. */
export type CallTarget = Exclude<DialTarget['to'], { kind: 'service' }>

export interface Dial extends Base, Then {
  readonly verb: 'dial'
  readonly targets: readonly DialTarget[]
  /** What they see; absent: the caller's own. */
  readonly callerId?: string
  /** They are not shown who calls. */
  readonly anonymous?: boolean
  readonly timeoutMs: number
  readonly mostMs: number
  /** mixed or dual: both sides from the answer on. */
  readonly record?: 'mixed' | 'dual'
  readonly recordCallback?: Page
  /** The caller hears it until somebody answers; absent: ringback of the caller's country. */
  readonly ringback?: readonly Audio[]
  /** The called network's own sound instead, when it gives any. */
  readonly passEarlyMedia?: boolean
  /** The caller is answered only when somebody does, and refused with how it failed. */
  readonly answerWithThem?: boolean
  /** Where nobody does, the caller is not refused for that: the next verb has the call as it came. */
  readonly elseNext?: boolean
  /** Hangs up the caller too when the called party leaves and there is no `then`. */
  readonly endsCall?: boolean
  /** Says first that the call is recorded. */
  readonly consent?: readonly Audio[]
}

export interface JoinConference extends Base, Then {
  readonly verb: 'conference'
  readonly name: string
  readonly muted: boolean
  readonly startOnEnter: boolean
  readonly endOnExit: boolean
  readonly beep: boolean | readonly Audio[]
  /** Heard while alone or before it starts; `script`: verbs from a page, only play, say and redirect. */
  readonly wait?: { readonly kind: 'audio'; readonly audio: readonly Audio[] } | { readonly kind: 'script'; readonly page: Page }
  readonly most: number
  readonly record?: boolean
  readonly exitDigit?: string
  readonly muteDigit?: string
  readonly unmuteDigit?: string
  readonly mostMs: number
  readonly joined?: readonly Audio[]
  readonly left?: readonly Audio[]
}

/** Comes to two who talk: hears both, and is heard by nobody, by the named one alone, or by both. It is over when they are. */
export interface Supervise extends Base {
  readonly verb: 'supervise'
  /** One of the two. */
  readonly callId: number
  readonly how: 'listen' | 'whisper' | 'barge'
}

export interface SendMessage extends Base, Then {
  readonly verb: 'message'
  readonly kind: 'sms' | 'mms' | 'message'
  readonly to: string
  readonly from: string
  readonly text: string
  readonly media?: readonly string[]
  readonly status?: Page
}

export interface SendEmail extends Base {
  readonly verb: 'email'
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly subject: string
  readonly text: string
}

export interface Hold extends Base, Then {
  readonly verb: 'hold'
  readonly music?: readonly Audio[]
}

export interface Resume extends Base, Then {
  readonly verb: 'resume'
}

export interface Refer extends Base, Then {
  readonly verb: 'refer'
  readonly target: string
}

export interface HangUp extends Base {
  readonly verb: 'hangUp'
  /** What the application ends with, where it says so: below 0 it failed by its own account. */
  readonly code?: number
}

export interface Reject extends Base {
  readonly verb: 'reject'
  readonly as: 'declined' | 'busy'
}

export interface Redirect extends Base {
  readonly verb: 'redirect'
  readonly to: Page
}

/** Ends the call after this time, whatever runs then. */
export interface EndAfter extends Base {
  readonly verb: 'endAfter'
  readonly ms: number
}

/** A file of the account's store goes. */
export interface DeleteFile extends Base {
  readonly verb: 'deleteFile'
  readonly name: string
  /** Where the name is that of a recording. */
  readonly recorded?: Recorded
}

export type Verb =
  | Answer
  | Play
  | Pause
  | Gather
  | RecordCall
  | StopRecording
  | Dial
  | JoinConference
  | Supervise
  | SendMessage
  | SendEmail
  | Hold
  | Resume
  | Refer
  | HangUp
  | Reject
  | Redirect
  | EndAfter
  | DeleteFile
