// What customers' binds are to be told of the one log: stored for their keys before the log is read on. Who is told: the key that a
// message was submitted with, of its end; every key of an account that wants it, of what comes in on the account's numbers.
//
// The log is read by the relay of webhooks, which asks here like anybody who wants to know; what is told over a bind is no request to
// a URL, so the answer is always that nobody is to be told there.

import { readRegisteredDelivery } from '#protocols/smpp/message-bits.ts'
import { credentialsOfFace, storeEsmeDeliveries, type EsmeDeliveryRow } from '#store/esme-deliveries.ts'
import { createdNoun, type Happening } from '#store/happenings.ts'
import { readMessageById, type MessageRow } from '#store/messages.ts'
import type { Store } from '#store/store.ts'
import type { NextId } from '#values/ids.ts'
import type { Target, TargetsOf } from '#webhooks/webhook-form.ts'
import { esmeFace, termsOf } from './esme-form.ts'
import type { EsmeMark } from './read-submit.ts'
import type { Offered } from './tell-esme.ts'

export interface EsmeNewsParts {
  readonly store: Store
  readonly nextId: NextId
  /** Stored just now. */
  stored(news: readonly Offered[]): void
}

/** What a message that was submitted comes to in the end. */
const ends: ReadonlySet<string> = new Set(['delivered', 'undelivered', 'failed', 'expired', 'canceled', 'unconfirmed'])

interface Key {
  readonly id: number
  readonly createdMs: number
  readonly wantsInbound: boolean
}

export class EsmeNews {
  readonly #parts: EsmeNewsParts
  #keys: Map<number, Key[]> | undefined

  constructor(parts: EsmeNewsParts) {
    this.#parts = parts
    parts.store.onChange((nouns) => {
      if (nouns.has('credentials') || nouns.has(createdNoun('credentials')) || nouns.has('*')) this.#keys = undefined
    })
  }

  /** Stored when it resolves. Should the relay ask again after a crash, it is stored and told again: at least once. */
  readonly targetsOf: TargetsOf = Object.assign((happenings: readonly Happening[]) => this.#targetsOf(happenings), {
    wants: { faces: [esmeFace] },
  })

  async #targetsOf(happenings: readonly Happening[]): Promise<readonly (readonly Target[])[]> {
    const news = await this.#newsOf(happenings)
    if (news.length > 0) {
      await this.#parts.store.write(storeEsmeDeliveries, { rows: news.map(({ row }) => row) })
      this.#parts.stored(news)
    }
    return happenings.map(() => nobody)
  }

  async #newsOf(happenings: readonly Happening[]): Promise<Offered[]> {
    const keys = (this.#keys ??= await this.#load())
    const news: Offered[] = []
    if (keys.size === 0) return news
    for (const happening of happenings) {
      if (happening.noun !== 'messages') continue
      const { kind } = happening
      if (kind !== 'received' && kind !== 'sent' && !ends.has(kind)) continue
      const ofAccount = keys.get(happening.account_id)
      if (!ofAccount) continue
      const message = await readMessageById(this.#parts.store, happening.noun_id)
      if (message) this.#addNews(news, happening, message, ofAccount)
    }
    return news
  }

  #addNews(news: Offered[], happening: Happening, message: MessageRow, keys: readonly Key[]): void {
    const { kind, at_ms: atMs } = happening
    if (kind === 'received') {
      for (const key of keys) {
        if (key.wantsInbound && atMs >= key.createdMs)
          news.push({ row: this.#rowOf(key.id, 'message', message, kind, null, atMs, null), message })
      }
      return
    }
    const mark = message.face === esmeFace ? (JSON.parse(message.detail) as { esme?: EsmeMark }).esme : undefined
    if (!mark || !isWanted(kind, happening, mark.rd)) return
    const { reason } = JSON.parse(happening.data) as { reason?: string }
    const told = kind === 'sent' && isEnd(happening) ? 'unconfirmed' : kind
    const sort = told === 'sent' ? 'intermediate' : 'receipt'
    for (const shown of mark.parts ?? [mark.as ?? null]) {
      news.push({ row: this.#rowOf(mark.by, sort, message, told, shown, atMs, reason ?? null), message })
    }
  }

  #rowOf(
    credential: number,
    kind: string,
    message: MessageRow,
    state: string,
    shown: number | null,
    atMs: number,
    reason: string | null,
  ): EsmeDeliveryRow {
    return {
      id: this.#parts.nextId(),
      credential_id: credential,
      kind,
      message_id: message.id,
      shown_id: shown,
      state,
      reason: reason === '' ? null : reason,
      detail: '{}',
      at_ms: atMs,
    }
  }

  async #load(): Promise<Map<number, Key[]>> {
    const keys = new Map<number, Key[]>()
    for (const row of await credentialsOfFace(this.#parts.store, esmeFace)) {
      const { inbound } = termsOf(JSON.parse(row.detail) as Record<string, unknown>)
      const key = { id: row.id, createdMs: row.created_ms, wantsInbound: inbound && row.status === 'active' }
      const known = keys.get(row.account_id)
      if (known) known.push(key)
      else keys.set(row.account_id, [key])
    }
    return keys
  }
}

const nobody = [] as const

/** `sent` is the end of a message whose network gives no receipts. */
const isEnd = ({ data }: Happening): boolean => (JSON.parse(data) as { final?: boolean }).final === true

/** By registered_delivery (SMPP 3.4 5.2.17). */
function isWanted(kind: string, happening: Happening, registeredDelivery: number): boolean {
  const { receipt, intermediate } = readRegisteredDelivery(registeredDelivery)
  if (kind === 'sent' && !isEnd(happening)) return intermediate
  if (receipt === 'none') return false
  return receipt === 'always' || (receipt === 'success') === (kind === 'delivered')
}
