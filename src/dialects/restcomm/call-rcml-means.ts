// What a document of a call is read with.

import type { CallView } from '#voice/script-form.ts'
import type { At } from '#voice/verbs/verb.ts'

export interface CallRcmlMeans {
  /** Of the document: relative URLs are resolved against it (reference 23.1). */
  readonly url: string
  readonly method: 'GET' | 'POST'
  /** Where numbers without + are dialled from, ISO 3166 alpha-2. */
  readonly country: string
  readonly call: Pick<CallView, 'from' | 'to' | 'number'>
  /** Told where prompts stand, which have no place in the verbs. */
  readonly places?: WeakMap<object, At>
}
