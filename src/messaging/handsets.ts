// What the core needs of virtual handsets, stated as an interface: the phones of a pretend network, by which a whole exchange can be
// tried without a carrier. Which accounts may ask, and for which numbers, is the operations' to check.

import type { Slug } from '#reasons/catalogue.ts'
import type { JobMedia } from './sms-carrier.ts'

export interface HandsetMessage {
  /** Counts up, over all handsets. */
  readonly id: number
  readonly direction: 'received' | 'sent'
  /** The other side: whom it came from, or whom it went to. */
  readonly peer: string
  readonly kind: 'sms' | 'flash' | 'mms'
  readonly text: string
  readonly segments: number
  readonly subject: string
  readonly media: readonly JobMedia[]
  readonly atMs: number
  readonly read: boolean
}

export interface HandsetSend {
  readonly handset: string
  readonly to: string
  readonly text: string
  readonly subject?: string
  readonly media?: readonly JobMedia[]
}

export interface Handsets {
  /** What a handset holds of this account's messages, newest first. */
  messages(accountId: number, handset: string): readonly HandsetMessage[]
  /** Gives how many became read: those up to this id. */
  markRead(accountId: number, handset: string, upTo: number): number
  /** Sends from the handset, over the pretend network, as a network would: resolves when the platform took it or said why not. */
  send(
    accountId: number,
    message: HandsetSend,
  ): Promise<{ readonly taken: true } | { readonly taken: false; readonly reason: Slug }>
}
