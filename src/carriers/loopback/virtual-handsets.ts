// The phones of the pretend network: what each received and sent, in memory and bounded. The oldest message of a handset goes when
// it has many, and the handset that was longest silent goes when there are many. Nothing here outlives the process.

import type { HandsetMessage, HandsetSend } from '#messaging/handsets.ts'
import type { SubmitJob } from '#messaging/sms-carrier.ts'

const messagesKept = 100
const handsetsKept = 1000

interface Held extends Omit<HandsetMessage, 'read'> {
  readonly accountId: number
  read: boolean
}

export class VirtualHandsets {
  /** In the order of their last message. */
  readonly #handsets = new Map<string, Held[]>()
  #lastId = 0

  received(job: SubmitJob, segments: number, atMs: number): void {
    this.#keep(job.recipient, {
      accountId: job.accountId,
      id: (this.#lastId += 1),
      direction: 'received',
      peer: job.sender,
      kind: job.kind,
      text: job.text,
      segments,
      subject: job.subject ?? '',
      media: job.media ?? [],
      atMs,
      read: false,
    })
  }

  sent(accountId: number, { handset, to, text, subject, media }: HandsetSend, segments: number, atMs: number): void {
    this.#keep(handset, {
      accountId,
      id: (this.#lastId += 1),
      direction: 'sent',
      peer: to,
      kind: media && media.length > 0 ? 'mms' : 'sms',
      text,
      segments,
      subject: subject ?? '',
      media: media ?? [],
      atMs,
      read: true,
    })
  }

  #keep(handset: string, message: Held): void {
    const messages = this.#handsets.get(handset) ?? []
    this.#handsets.delete(handset)
    this.#handsets.set(handset, messages)
    messages.push(message)
    if (messages.length > messagesKept) messages.shift()
    if (this.#handsets.size > handsetsKept) {
      for (const oldest of this.#handsets.keys()) {
        this.#handsets.delete(oldest)
        break
      }
    }
  }

  messages(accountId: number, handset: string): HandsetMessage[] {
    const held = this.#handsets.get(handset) ?? []
    return held
      .filter((message) => message.accountId === accountId)
      .map((message): HandsetMessage => ({ ...message }))
      .toReversed()
  }

  markRead(accountId: number, handset: string, upTo: number): number {
    const unread = (this.#handsets.get(handset) ?? []).filter((one) => one.accountId === accountId && one.id <= upTo && !one.read)
    for (const one of unread) one.read = true
    return unread.length
  }
}
