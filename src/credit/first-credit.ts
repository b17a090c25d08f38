// What a new store is given to reckon with: a deck of rates that all accounts pay by until they are given another, and credit
// for the sandbox. Prices of numbers stand with the numbers.

import type { Actor } from '#store/happenings.ts'
import { assignRateDeck, createRateDeck, type NewRate } from '#store/rate-decks.ts'
import type { Store } from '#store/store.ts'
import { openBalance, transferCredit } from '#store/transfers.ts'
import type { NextId } from '#values/ids.ts'

/** USD, millionths; the empty prefix is the rest of the world. */
const smsOut: Readonly<Record<string, number>> = {
  '': 60_000,
  1: 7500,
  27: 28_000,
  31: 85_000,
  33: 70_000,
  34: 65_000,
  39: 75_000,
  41: 60_000,
  43: 80_000,
  44: 40_000,
  46: 55_000,
  48: 35_000,
  49: 80_000,
  52: 45_000,
  55: 45_000,
  61: 45_000,
  62: 90_000,
  63: 50_000,
  65: 42_000,
  81: 75_000,
  82: 35_000,
  86: 45_000,
  91: 50_000,
  971: 65_000,
}
const mmsOut: Readonly<Record<string, number>> = { '': 120_000, 1: 20_000 }
const callOut: Readonly<Record<string, number>> = { '': 150_000, 1: 14_000, 44: 18_000, 49: 20_000, 65: 30_000 }

const messages = { per: 1, first_block: 1, next_block: 1 }
/** By the minute begun. */
const minutes = { per: 60, first_block: 60, next_block: 60 }

function ratesFor(
  service: string,
  direction: 'out' | 'in',
  prices: Readonly<Record<string, number>>,
  blocks: Pick<NewRate, 'per' | 'first_block' | 'next_block'>,
): NewRate[] {
  return Object.entries(prices).map(([prefix, price_micro]) => ({ service, direction, prefix, price_micro, ...blocks }))
}

const startingRates: readonly NewRate[] = [
  ...ratesFor('sms', 'out', smsOut, messages),
  ...ratesFor('sms', 'in', { '': 0 }, messages),
  ...ratesFor('mms', 'out', mmsOut, messages),
  ...ratesFor('mms', 'in', { '': 0 }, messages),
  ...ratesFor('call', 'out', callOut, minutes),
  ...ratesFor('call', 'in', { '': 8500 }, minutes),
  ...ratesFor('verification', 'out', { '': 50_000 }, messages),
]

const currency = 'USD'
const sandboxMicro = 1_000_000_000
const sandboxLowMicro = 10_000_000

export interface FirstAccounts {
  readonly operatorId: number
  readonly sandboxId: number
  readonly actor: Actor
}

/** The deck for everybody, and 1,000 USD for the sandbox. */
export async function giveFirstCredit(store: Store, nextId: NextId, now: number, accounts: FirstAccounts): Promise<void> {
  const { operatorId, sandboxId, actor } = accounts
  const row = { id: nextId(), name: 'default', currency, created_ms: now, updated_ms: now, version: 1 }
  await store.write(createRateDeck, { row, rates: startingRates, accountId: operatorId, actor })
  await store.write(assignRateDeck, { account: operatorId, deck: row.id, actor, now })
  await store.write(openBalance, { account: sandboxId, currency, lowMicro: sandboxLowMicro, actor, now })
  await store.write(transferCredit, {
    account: sandboxId,
    kind: 'topup',
    amountMicro: sandboxMicro,
    currency,
    memo: 'To try things out',
    funder: null,
    actor,
    now,
  })
}
