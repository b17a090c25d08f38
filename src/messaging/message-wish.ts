// What one wishes for with a message, before any of it is looked at.

import type { NewMedia } from '#store/media.ts'

export interface MessageWish {
  readonly from: string
  readonly to: string
  readonly text: string
  readonly kind: 'sms' | 'flash' | 'mms'
  readonly coding?: 'auto' | 'gsm7' | 'ucs2' | undefined
  /** Not before this, ms UTC. */
  readonly sendAt?: number | undefined
  readonly validUntil?: number | undefined
  readonly priority?: 'high' | 'normal' | 'low' | undefined
  /** `required`: refuse where no receipt can be had. */
  readonly report?: 'required' | 'wanted' | 'none' | undefined
  readonly callback?: { readonly url: string; readonly method: 'GET' | 'POST'; readonly fallbackUrl?: string } | undefined
  readonly reference?: string | undefined
  readonly maxPriceMicro?: number | undefined
  readonly subject?: string | undefined
  readonly media?: readonly NewMedia[] | undefined
  readonly batchId?: number | undefined
  /** The message's id, where its files were stored under it already. */
  readonly id?: number | undefined
  /** The user who sends: the number must be theirs, and the message stands in their mailbox. */
  readonly userId?: number | undefined
  /** A number may write to itself. */
  readonly toItself?: boolean | undefined
  /** A message that is refused for what its sender cannot see beforehand is kept, failed, with its reason. */
  readonly keepFailed?: boolean | undefined
  /** Of these reasons, or families of them (`policy.*`), the sender is told at once all the same. */
  readonly toldAtOnce?: readonly string[] | undefined
  /** No second attempt. */
  readonly onceOnly?: boolean | undefined
  /** Refused at once when the carrier is down. */
  readonly carrierMustBeUp?: boolean | undefined
  /** Credit is looked at before the way it would go; the write looks at it in any case. */
  readonly creditFirst?: boolean | undefined
  /** Characters at most, of the face's own rule. */
  readonly charactersAtMost?: number | undefined
  /** What the face keeps with it and shows again. */
  readonly custom?: Readonly<Record<string, unknown>> | undefined
}
