// What messages do with credit inside their writes, as writes of their own for tests.

import { chargeCredit, holdCredit, releaseCredit, settleCredit, type Charge, type CreditItem } from '#store/credit.ts'
import { defineWrite } from '#store/store.ts'

export const hold = defineWrite('test.hold', async (tx, input: { payer: number; amountMicro: number; now: number }) =>
  holdCredit(tx, input.payer, input.amountMicro, input.now),
)

export const settle = defineWrite('test.settle', async (tx, input: { items: CreditItem[]; now: number }) =>
  settleCredit(tx, input.items, input.now),
)

export const release = defineWrite('test.release', async (tx, input: { items: CreditItem[]; now: number }): Promise<null> => {
  await releaseCredit(tx, input.items, input.now)
  return null
})

export const charge = defineWrite('test.charge', async (tx, input: Charge) => chargeCredit(tx, input))
