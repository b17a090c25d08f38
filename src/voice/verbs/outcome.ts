// How a verb came out, for whoever does the next one. It says nothing of the call that it was done on.

import type { Refusal } from '#reasons/refusal.ts'
import type { EndedBy } from '../call-news.ts'
import type { VerbResult } from '../script-form.ts'
import type { Page } from './verb.ts'

export interface Outcome {
  readonly result?: VerbResult
  /** Why it could not be done: told, and by its form's rules the end of the script. */
  readonly failed?: Refusal
  /** Goes on there, whatever the verb says of it. */
  readonly page?: Page
  /** The next verb, though this one names a page. */
  readonly noThen?: boolean
  /** The call is over with this. */
  readonly end?: { readonly refusal: Refusal; readonly by: EndedBy; readonly status?: number }
}
