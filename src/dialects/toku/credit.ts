// Credit and packages (reference section 5). A balance is a plain decimal; it is null for an account that has none of its own,
// because it pays afterwards or from the balance of the account above it.

import Type from 'typebox'
import { permit } from '#operations/run.ts'
import { readBalanceOperation } from '#operations/credit/read-balance.ts'
import {
  buyPackageOperation,
  listPackagesOperation,
  readHeldPackageOperation,
  type PackageShown,
} from '#operations/packages/packages.ts'
import type { BalanceShown } from '#operations/credit/balance-view.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { route, type Body, type Call } from './call.ts'
import { decimalOf, gmtOf, localTime } from './formats.ts'
import { pageAsked, totalOf } from './paging.ts'

const balanceBody = ({ availableMicro, currency }: BalanceShown): Body => ({
  balance: availableMicro === null ? null : decimalOf(availableMicro),
  currency,
})

const readCredit = route({
  method: 'GET',
  path: '/account/v1/credit',
  needs: [readBalanceOperation],
  read: () => ({}),
  perform: (call, input) => call.ask(readBalanceOperation, input),
  write: (_, balance) => balanceBody(balance as BalanceShown),
})

/** What a user's view shows of credit: nothing to who may not see it. */
export async function creditOf(call: Call): Promise<Body> {
  try {
    permit(readBalanceOperation, call.caller)
  } catch (error) {
    if (error instanceof Refusal) return {}
    throw error
  }
  const balance = (await call.ask(readBalanceOperation, {})) as BalanceShown
  const held = await call.ask(readHeldPackageOperation, {})
  return { ...balanceBody(balance), package_id: held.package ? call.ids.show('package', held.package.packageId) : '' }
}

const listPackages = route({
  method: 'GET',
  path: '/account/v1/packages',
  needs: [listPackagesOperation],
  read: ({ query }) => pageAsked(query),
  async perform(call, asked) {
    return { page: await call.ask(listPackagesOperation, { ...asked, oldestFirst: true }), asked }
  },
  write: ({ ids }, { page, asked }) => ({
    packages: (page.items as PackageShown[]).map((offer) => ({
      package_id: ids.show('package', offer.id),
      package_name: offer.name,
      price: decimalOf(offer.priceMicro),
      credit: decimalOf(offer.creditMicro),
      currency: offer.currency,
      validity_days: offer.validDays,
    })),
    ...totalOf(page as never, asked),
  }),
})

const Choose = Type.Object({ package_id: Type.String({ minLength: 1, maxLength: 64 }) })

const choosePackage = route({
  method: 'PUT',
  path: '/account/v1/package',
  needs: [buyPackageOperation],
  read({ body, check, ids }) {
    check(Choose, body)
    const text = body['package_id'] as string
    return { text, id: ids.read('package', text) }
  },
  async perform(call, { text, id }) {
    const unknown = (): never => refuse('credit.package_invalid', { package: text })
    if (id === undefined) return unknown()
    try {
      return await call.ask(buyPackageOperation, { id })
    } catch (error) {
      return error instanceof Refusal && error.reason === 'credit.package_invalid' ? unknown() : Promise.reject(error)
    }
  },
  write: ({ ids, caller, nowMs }, { packageId, expiresAt }) => ({
    package_id: ids.show('package', packageId),
    expiry_date: expiresAt === null ? '' : localTime(caller.account, expiresAt),
    gmt: gmtOf(caller.account, nowMs),
  }),
})

export const creditRoutes = [readCredit, listPackages, choosePackage]
