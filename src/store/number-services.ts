// The service that a number serves: one at a time, by name. What it does with the number stands in the number's detail.

import { happened, type Actor } from './happenings.ts'
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

/** `subscribed` is false when the number has no such service, or is gone. `without` names what ends with it. */
export const unsubscribeNumber = defineWrite(
  'numbers.unsubscribe',
  async (
    tx,
    input: Omit<Subscription, 'detail'> & { readonly without: readonly string[] },
  ): Promise<{ subscribed: false } | { subscribed: true; row: NumberRow }> => {
    const { id, account, service, without, face, actor, now } = input
    const row = await readNumber(tx, account, id)
    if (!row || !servicesOf(row).includes(service)) return { subscribed: false }
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
