// An account's endpoints as the relay needs them: which of them want an event, with which secrets they sign. Kept in
// memory until one of them changes. Rows and who may change them are others' matter.

import type { Happening } from '#store/happenings.ts'
import type { Reader, Store } from '#store/store.ts'
import { webhookEndpointsOf, type WebhookEndpointRow } from '#store/webhook-endpoints.ts'
import type { Clock } from '#values/clock.ts'
import type { Key } from '#values/secrets.ts'
import { eventName, wants } from './events.ts'
import type { Target, TargetsOf } from './webhook-form.ts'

export interface Endpoint {
  readonly row: WebhookEndpointRow
  readonly events: readonly string[]
  readonly isListener: boolean
}

export interface EndpointsParts {
  readonly store: Store
  readonly clock: Clock
  readonly key: Key
  /** Whether an account's URLs may name loopback addresses: the sandbox account's may. */
  readonly allowsLoopback: (accountId: number) => boolean | Promise<boolean>
  /** What is told of a thing besides what its happening says: the view of a message. */
  readonly dataOf?: (happening: Happening) => Promise<Readonly<Record<string, unknown>> | undefined>
}

/** What an endpoint tells of something: the same in every face's hands. */
export interface EventSubject {
  readonly type: string
  readonly happenedMs: number
  readonly noun: string
  readonly nounId: number
  readonly data: Readonly<Record<string, unknown>>
  /** Asked for, not happened. */
  readonly test?: boolean
}

const accountsKept = 20_000
/** What the relay hears of its own work. */
const untold = new Set(['webhook_deliveries'])

const readEndpoints = async (reader: Reader, accountId: number): Promise<Endpoint[]> =>
  (await webhookEndpointsOf(reader, accountId)).map((row) => ({
    row,
    events: JSON.parse(row.events) as string[],
    isListener: row.kind === 'listener',
  }))

export class Endpoints {
  readonly #parts: EndpointsParts
  readonly #known = new Map<number, readonly Endpoint[] | Promise<readonly Endpoint[]>>()

  constructor(parts: EndpointsParts) {
    this.#parts = parts
    parts.store.onChange((nouns) => {
      if (nouns.has('webhook_endpoints') || nouns.has('webhook_endpoints created') || nouns.has('*')) this.#known.clear()
    })
  }

  /** What is known of an account may be old. */
  forget(accountId: number): void {
    this.#known.delete(accountId)
  }

  of(accountId: number): readonly Endpoint[] | Promise<readonly Endpoint[]> {
    const known = this.#known.get(accountId)
    if (known) return known
    if (this.#known.size >= accountsKept) this.#known.clear()
    const reading = readEndpoints(this.#parts.store, accountId).then(
      (found) => {
        // Cleared while it was read: what was found may be old.
        if (this.#known.get(accountId) === reading) this.#known.set(accountId, found)
        return found
      },
      (cause: unknown) => {
        this.#known.delete(accountId)
        throw cause
      },
    )
    this.#known.set(accountId, reading)
    return reading
  }

  /** Those that want what has happened, since they were made. */
  readonly targetsOf: TargetsOf = Object.assign((happenings: readonly Happening[]) => this.#targetsOf(happenings), {
    wants: {},
  })

  async #targetsOf(happenings: readonly Happening[]): Promise<readonly (readonly Target[])[]> {
    const lists: (readonly Target[])[] = []
    for (const happening of happenings) {
      if (untold.has(happening.noun)) {
        lists.push([])
        continue
      }
      // The log tells of a new endpoint before it tells what that one wants to know; another node's news may come later.
      if (happening.noun === 'webhook_endpoints') this.forget(happening.account_id)
      const found = this.of(happening.account_id)
      const endpoints = found instanceof Promise ? await found : found
      lists.push(endpoints.length === 0 ? [] : await this.#targets(endpoints, happening))
    }
    return lists
  }

  async #targets(endpoints: readonly Endpoint[], happening: Happening): Promise<Target[]> {
    const type = eventName(happening.noun, happening.kind)
    const now = this.#parts.clock.nowMs()
    const wanted = endpoints.filter(
      ({ row, events }) =>
        row.enabled === 1 && row.created_ms <= happening.at_ms && (row.expires_ms ?? now) >= now && wants(events, type),
    )
    if (wanted.length === 0) return []
    const data = (await this.#parts.dataOf?.(happening)) ?? (JSON.parse(happening.data) as Record<string, unknown>)
    const { noun, noun_id: nounId, at_ms: happenedMs } = happening
    const subject: EventSubject = { type, happenedMs, noun, nounId, data }
    const loopback = await this.#parts.allowsLoopback(happening.account_id)
    return wanted.map((endpoint) => targetOf(endpoint, subject, loopback))
  }

  /** Whether what waits for it is still to be sent. */
  readonly isLive = (accountId: number, endpointId: number): boolean | Promise<boolean> => {
    const live = (endpoints: readonly Endpoint[]): boolean =>
      endpoints.some(({ row }) => row.id === endpointId && row.enabled === 1)
    const found = this.of(accountId)
    return found instanceof Promise ? found.then(live) : live(found)
  }

  /** The secrets that sign: of an endpoint, two while one replaces the other; else the account's own. */
  async secretsOf(accountId: number, endpointId: number | null): Promise<string[]> {
    if (endpointId === null) return [accountSecret(this.#parts.key, accountId)]
    const row = (await this.of(accountId)).find((endpoint) => endpoint.row.id === endpointId)?.row
    return row ? secretsOfRow(this.#parts.key, row, this.#parts.clock.nowMs()) : []
  }
}

export function targetOf({ row, isListener }: Endpoint, subject: EventSubject, loopback: boolean): Target {
  const { errorId } = subject.data
  return {
    accountId: row.account_id,
    endpointId: row.id,
    face: row.face,
    url: isListener ? '' : row.url,
    fallbackUrl: row.fallback_url ?? undefined,
    method: 'POST',
    kind: subject.type,
    noun: subject.noun,
    nounId: subject.nounId,
    subject,
    errorId: typeof errorId === 'string' ? errorId : null,
    loopback,
  }
}

export function secretsOfRow(key: Key, row: WebhookEndpointRow, nowMs: number): string[] {
  const secrets = [key.open(row.secret_sealed)]
  if (row.previous_sealed !== null && (row.previous_until_ms ?? 0) > nowMs) secrets.push(key.open(row.previous_sealed))
  return secrets
}

/** What signs for URLs that are no endpoint's: a message's callback, a number's. Follows from the operator's key. */
export function accountSecret(key: Key, accountId: number): string {
  return `whsec_${key.derive(`webhooks of account ${accountId}`, 32).toString('base64')}`
}
