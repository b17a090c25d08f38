// The service that a number serves: one at a time, by name. What it does with the number stands in the number's detail.

import { happened, type Actor } from './happenings.ts'
import { openMaskings } from './maskings.ts'
import { changeNumber, readNumber, servicesOf, type NumberRow } from './numbers.ts'
import { defineWrite } from './store.ts'

export interface Subscription {
  readonly id: number
  readonly account: number
  readonly service: string
  /** What the service does with the number, joined with what is there. */
  readonly detail: object
  readonly face: string
  readonly actor: Actor
  readonly now: number
}

/** A number serves one service at a time; `held` is the one that it has already, null when the number is gone. */
export const subscribeNumber = defineWrite(
  'numbers.subscribe',
  async (tx, input: Subscription): Promise<{ row: NumberRow } | { held: string | null }> => {
    const { id, account, service, face, actor, now } = input
    const row = await readNumber(tx, account, id)
    if (!row) return { held: null }
    const [held] = servicesOf(row)
    if (held !== undefined) return { held }
    const detail = JSON.stringify({ ...(JSON.parse(row.detail) as object), ...input.detail, services: [service] })
    await tx.run(changeNumber, { id, account, application_id: row.application_id, face, name: row.name, detail, now })
    await happened(tx, {
      accountId: account,
      noun: 'numbers',
      nounId: id,
      kind: 'subscribed',
      actor,
      data: { service },
      atMs: now,
    })
    return { row: (await readNumber(tx, account, id))! }
  },
)

/** `subscribed` is false when the number has no such service, or is gone; `in_use` while parties are masked by it. `without` names what ends with it. */
export const unsubscribeNumber = defineWrite(
  'numbers.unsubscribe',
  async (
    tx,
    input: Omit<Subscription, 'detail'> & { readonly without: readonly string[] },
  ): Promise<{ subscribed: false } | { subscribed: 'in_use' } | { subscribed: true; row: NumberRow }> => {
    const { id, account, service, without, face, actor, now } = input
    const row = await readNumber(tx, account, id)
    if (!row || !servicesOf(row).includes(service)) return { subscribed: false }
    if ((await openMaskings(tx, id, now)) > 0) return { subscribed: 'in_use' }
    const rest = Object.entries(JSON.parse(row.detail) as object).filter(([name]) => !without.includes(name))
    const detail = JSON.stringify({ ...Object.fromEntries(rest), services: servicesOf(row).filter((one) => one !== service) })
    await tx.run(changeNumber, { id, account, application_id: row.application_id, face, name: row.name, detail, now })
    await happened(tx, {
      accountId: account,
      noun: 'numbers',
      nounId: id,
      kind: 'unsubscribed',
      actor,
      data: { service },
      atMs: now,
    })
    return { subscribed: true, row: (await readNumber(tx, account, id))! }
  },
)

export interface ForwardChange {
  readonly id: number
  readonly account: number
  /** Whether there must be one already, or must not be. */
  readonly was: 'none' | 'some'
  /** Joined with what is there; null takes it away. */
  readonly detail: Readonly<Record<string, unknown>> | null
  readonly face: string
  readonly actor: Actor
  readonly now: number
}

const forwardMembers = ['forwardTo', 'forwardFrom', 'forwardRingSeconds', 'callSeconds', 'statusUrl', 'statusMethod']

/** Whom calls are passed on to. `row` is null when the number is gone; `matches` is false when there was one, or none. */
export const changeForward = defineWrite(
  'numbers.forward',
  async (tx, input: ForwardChange): Promise<{ matches: boolean; row: NumberRow | null }> => {
    const { id, account, was, detail: change, face, actor, now } = input
    const row = await readNumber(tx, account, id)
    if (!row) return { matches: false, row: null }
    const before = JSON.parse(row.detail) as Record<string, unknown>
    if ((typeof before['forwardTo'] === 'string') !== (was === 'some')) return { matches: false, row }
    const kept = change ?? Object.fromEntries(forwardMembers.map((name) => [name, undefined]))
    const detail = JSON.stringify({ ...before, ...kept })
    await tx.run(changeNumber, { id, account, application_id: row.application_id, face, name: row.name, detail, now })
    const kind = change ? 'forwarded' : 'forward_ended'
    await happened(tx, { accountId: account, noun: 'numbers', nounId: id, kind, actor, data: {}, atMs: now })
    return { matches: true, row: (await readNumber(tx, account, id))! }
  },
)
