// The relay over an open store, with forms and targets that a test says, and a clock that it moves.

import { after } from 'node:test'
import { Outgoing } from '#protocols/http/outgoing.ts'
import type { Happening } from '#store/happenings.ts'
import { renewLease, takeLease, type LeaseAsk } from '#store/leases.ts'
import type { Store } from '#store/store.ts'
import { systemClock, type Clock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { Relay, type RelayParts } from '#webhooks/relay.ts'
import type { Target, WebhookForm } from '#webhooks/webhook-form.ts'
import { happenAll } from './store-writes.ts'

export interface WebhookBench {
  readonly relay: Relay
  readonly outgoing: Outgoing
  readonly faults: unknown[]
  readonly clock: Clock
  /** Things happen to these nouns, in this order. */
  happen(...nounIds: number[]): Promise<void>
}

/** Plain text: what happened, and how often it was rendered. */
export function textForm(more: Partial<WebhookForm> = {}): WebhookForm & { rendered: number } {
  const form = {
    face: 'text',
    rendered: 0,
    render(target: Target, { deliveryId }: { deliveryId: number }) {
      form.rendered += 1
      const headers = { 'x-delivery': String(deliveryId) }
      return { method: target.method, url: target.url, headers, body: JSON.stringify(target.subject) }
    },
    ...more,
  }
  return form
}

interface FastClock extends Clock {
  readonly times: number
}

/** A clock whose waits for retries pass at once: `nowMs` and `elapsedMs` run so many times as fast. */
export function fastClock(times: number): FastClock {
  const base = systemClock.elapsedMs()
  const start = systemClock.nowMs()
  const elapsedMs = (): number => (systemClock.elapsedMs() - base) * times
  const slow = (ms: number): number => Math.max(1, ms / times)
  return {
    times,
    elapsedMs,
    nowMs: () => Math.round(start + elapsedMs()),
    after: (ms, act) => systemClock.after(slow(ms), act),
    every: (ms, act) => systemClock.every(slow(ms), act),
    sleep: (ms) => systemClock.sleep(slow(ms)),
  }
}

/** Leases last as long as they do in earnest: by a fast clock one would be lost whenever the machine takes a breath. */
function leasing(store: Store, times: number): Store {
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown
      if (name === 'write')
        return (write: unknown, input: LeaseAsk) => {
          const isLease = write === takeLease || write === renewLease
          return target.write(write as never, isLease ? { ...input, forMs: input.forMs * times } : input)
        }
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

export async function startWebhooks(
  store: Store,
  urlOf: (happening: Happening) => Partial<Target> | undefined,
  parts: Partial<RelayParts> & { form?: WebhookForm } = {},
): Promise<WebhookBench> {
  const clock = parts.clock ?? systemClock
  // Its limits of time are real ones, whatever clock the relay has.
  const outgoing = new Outgoing({ clock: systemClock, userAgent: 'test', allow: [] })
  const faults: unknown[] = []
  const form = parts.form ?? textForm()
  const relay = new Relay({
    store: 'times' in clock ? leasing(store, (clock as FastClock).times) : store,
    clock,
    nextId: idSource(systemClock),
    node: 'test',
    fetch: outgoing.fetch,
    forms: new Map([[form.face, form]]),
    random: () => 0.5,
    isLive: () => true,
    onFault: (cause) => faults.push(cause),
    onUnrendered: (cause) => faults.push(cause),
    targetsOf: [
      async (happenings) =>
        happenings.map((happening) => {
          const target = happening.noun === 'tests' ? urlOf(happening) : undefined
          if (!target) return []
          const { account_id: accountId, noun, noun_id: nounId, kind } = happening
          const subject = JSON.parse(happening.data) as object
          return [
            {
              accountId,
              endpointId: null,
              face: form.face,
              url: '',
              method: 'POST',
              kind,
              noun,
              nounId,
              subject,
              loopback: true,
              ...target,
            },
          ]
        }),
    ],
    ...parts,
  })
  after(async () => {
    await relay.stop()
    await outgoing.close()
  })
  await relay.start()
  const counts = new Map<number, number>()
  return {
    relay,
    outgoing,
    faults,
    clock,
    async happen(...nounIds) {
      const rows = nounIds.map((nounId) => {
        const n = (counts.get(nounId) ?? 0) + 1
        counts.set(nounId, n)
        return {
          accountId: 7,
          noun: 'tests',
          nounId,
          kind: 'moved',
          actor: { face: 'test' },
          data: { nounId, n },
          atMs: clock.nowMs(),
        }
      })
      await store.write(happenAll, rows)
    },
  }
}
