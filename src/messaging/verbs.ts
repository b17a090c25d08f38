// What an application may ask for in its answer to a message that came in, in our own words: a dialect reads its markup
// into these, and says what is wrong with the rest. Nothing is done here.

export interface Script {
  /** Absolute. */
  readonly url: string
  readonly method: 'GET' | 'POST'
}

export type Verb = SendVerb | EmailVerb | RedirectVerb

/** Sends a message. */
export interface SendVerb {
  readonly verb: 'send'
  readonly channel: 'sms' | 'mms'
  /** Undefined: who wrote. */
  readonly to: string | undefined
  /** Undefined: the number that was written to. */
  readonly from: string | undefined
  readonly text: string
  /** URLs of what it carries. */
  readonly media: readonly string[]
  /** Told of every step. */
  readonly callback: Script | undefined
  /** Fetched once it is accepted: its answer goes on, and nothing after this verb is done. */
  readonly action: Script | undefined
}

export interface EmailVerb {
  readonly verb: 'email'
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly subject: string
  readonly text: string
}

/** Goes on with another document; nothing after it is done. */
export interface RedirectVerb {
  readonly verb: 'redirect'
  readonly script: Script
}

/** Where in a document. */
export interface Place {
  readonly line: number
  readonly column: number
  readonly element: string
}
