// Numbers (reference section 6): what is for sale, acquiring, reading, giving back, and the one service that a number serves.
// A number acquired for `months` has an `expiry_date`; without them it is rented until it is given back.

import Type from 'typebox'
import { Optional, WebUrl } from '#operations/fields.ts'
import { buyNumbersOperation } from '#operations/numbers/buy-numbers.ts'
import { listNumbersOperation, listStockOperation } from '#operations/numbers/list-numbers.ts'
import type { NumberShown } from '#operations/numbers/number-view.ts'
import { findNumberOperation } from '#operations/numbers/read-number.ts'
import { releaseNumberOperation } from '#operations/numbers/release-number.ts'
import { subscribeNumberOperation, unsubscribeNumberOperation } from '#operations/numbers/subscribe-number.ts'
import { updateNumberOperation } from '#operations/numbers/update-number.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { callbackUrlIn, methodIn } from './callback.ts'
import { given, route, type Body, type Call, type Fields } from './call.ts'
import { decimalOf, gmtOf, localTime, microOf, plainNumber } from './formats.ts'
import { pageAsked, totalOf, type PageAsked } from './paging.ts'
import { requireServiceId, serviceOf } from './services.ts'

/** The vendor's categories, and what each is called in the core. */
const categories: Readonly<Record<string, NumberShown['type']>> = {
  local: 'local',
  mobile: 'mobile',
  tollfree: 'tollfree',
  did: 'national',
}
const categoryOf = Object.fromEntries(Object.entries(categories).map(([category, type]) => [type, category]))

function offerBody(number: NumberShown): Body {
  return {
    number: plainNumber(number.number),
    state: number.status,
    category: categoryOf[number.type],
    country: number.country,
    region: number.region,
    price: decimalOf(number.priceMicro),
    currency: number.currency,
  }
}

function numberBody({ ids, caller, nowMs }: Call, number: NumberShown): Body {
  return {
    ...offerBody(number),
    owner: ids.show('account', number.accountId!),
    services: number.detail['services'] ?? [],
    expiry_date: number.expiresAt === null ? '' : localTime(caller.account, number.expiresAt),
    gmt: gmtOf(caller.account, nowMs),
  }
}

interface Filters extends PageAsked {
  readonly country?: string
  readonly type?: NumberShown['type']
}

/** Gives number.type_invalid for a category that does not exist. */
function filtersFrom(query: Fields): Filters {
  const { country, category } = query
  if (country !== undefined && !/^[A-Za-z]{2}$/.test(String(country))) {
    refuse('request.parameter_invalid', {
      parameter: 'country',
      value: String(country).slice(0, 40),
      expected: 'two letters of ISO 3166',
    })
  }
  if (category !== undefined && !Object.hasOwn(categories, String(category))) {
    refuse('number.type_invalid', { parameter: 'category', type: String(category).slice(0, 40) })
  }
  const type = category === undefined ? undefined : categories[String(category)]
  return given({
    ...pageAsked(query),
    country: country === undefined ? undefined : String(country).toUpperCase(),
    type,
  }) as Filters
}

const listAvailable = {
  path: '/number/v1/available',
  needs: [listStockOperation],
  // The one place where a required query parameter can be missing (reference section 15, -305).
  read({ query }: Call): Filters {
    if (query['country'] === undefined) refuse('request.parameter_missing', { parameter: 'country', location: 'parameter' })
    return filtersFrom(query)
  },
  async perform(call: Call, asked: Filters) {
    const page = await call.ask(listStockOperation, { ...asked, oldestFirst: true })
    return { page, asked }
  },
  write: (_: Call, { page, asked }: { page: { items: unknown[]; next: number | null }; asked: Filters }) => ({
    numbers: (page.items as NumberShown[]).map(offerBody),
    ...totalOf(page, asked),
  }),
}

const listOwned = {
  path: '/number/v1/numbers',
  needs: [listNumbersOperation],
  read: ({ query }: Call) => filtersFrom(query),
  async perform(call: Call, asked: Filters) {
    const page = await call.ask(listNumbersOperation, { ...asked })
    return { page, asked }
  },
  write: (call: Call, { page, asked }: { page: { items: unknown[]; next: number | null; total?: number }; asked: Filters }) => ({
    numbers: (page.items as NumberShown[]).map((number) => numberBody(call, number)),
    ...totalOf(page, asked),
  }),
}

const Acquire = Type.Object({
  number: Type.String({ minLength: 1, maxLength: 64 }),
  months: Optional(Type.Integer({ minimum: 1, maximum: 120 })),
})

const acquire = route({
  method: 'POST',
  path: '/number/v1/numbers',
  needs: [buyNumbersOperation],
  read({ body, check }) {
    check(Acquire, body)
    const number = body['number'] as string
    const { price } = body
    const priceMicro = price === undefined ? undefined : microOf(price)
    if (price !== undefined && priceMicro === undefined)
      refuse('number.price_invalid', { number, price: String(price).slice(0, 40) })
    return given({ number, priceMicro, months: body['months'] })
  },
  async perform(call, input) {
    try {
      const { items } = await call.ask(buyNumbersOperation, input)
      return items[0] as NumberShown
    } catch (error) {
      // -1001 is said of a number that is in no inventory, -1002 of one that is not for sale or that others were faster to take.
      if (error instanceof Refusal && error.reason === 'number.not_available') await requireKnown(call, input.number)
      throw error
    }
  },
  write: numberBody,
  made: (_, { number }) => `/number/v1/numbers/${plainNumber(number)}`,
})

/** Gives number.not_found. */
async function requireKnown(call: Call, number: string): Promise<void> {
  await find(call, number).catch((error: unknown) => {
    if (!(error instanceof Refusal) || error.reason === 'number.not_found') throw error
  })
}

const numberInPath = ({ params, check }: Call): { number: string } => {
  const input = { number: params['number']! }
  check(findNumberOperation.input, input)
  return input
}

const find = async (call: Call, number: string): Promise<NumberShown> =>
  (await call.ask(findNumberOperation, { number })) as NumberShown

const one = {
  path: '/number/v1/numbers/:number',
  needs: [findNumberOperation],
  read: numberInPath,
  perform: (call: Call, { number }: { number: string }) => find(call, number),
  write: numberBody,
}

const readOne = route({ method: 'GET', ...one })

/** Which methods the number takes as it is: it cannot be given back while a service uses it. */
const optionsOfOne = route({
  method: 'OPTIONS',
  ...one,
  allows: (_, { detail }) =>
    (detail['services'] as string[] | undefined)?.length ? ['GET', 'OPTIONS'] : ['GET', 'DELETE', 'OPTIONS'],
})

const giveBack = route({
  method: 'DELETE',
  path: '/number/v1/numbers/:number',
  needs: [releaseNumberOperation],
  read: numberInPath,
  async perform(call, { number }) {
    const found = await find(call, number)
    await call.ask(releaseNumberOperation, { id: found.id, unsubscribedOnly: true })
    return found
  },
  write: (_, { number }) => ({ number: plainNumber(number), state: 'available' }),
})

const settingFields = {
  callback_url: Optional(Type.String({ maxLength: 2048 })),
  callback_method: Optional(Type.String({ maxLength: 16 })),
  status_url: Optional(WebUrl('Where states are told.')),
  status_method: Optional(Type.String({ maxLength: 16 })),
}
const Subscribe = Type.Object({ service_id: Type.String({ minLength: 1, maxLength: 64 }), ...settingFields })
const Settings = Type.Object(settingFields)

/** What a service does with the number, in the core's words: the script of calls or of messages, and where states go. */
function detailFrom(body: Fields): (capability: 'voice' | 'sms') => NumberShown['detail'] {
  const url = callbackUrlIn(body)
  const fetched = methodIn(body, 'callback_method')
  const states = { statusUrl: body['status_url'] as string | undefined, statusMethod: methodIn(body, 'status_method') }
  return (capability) =>
    given(
      capability === 'voice'
        ? { voiceUrl: url, voiceMethod: fetched, ...states }
        : { smsUrl: url, smsMethod: fetched, ...states },
    )
}

const subscribe = route({
  method: 'POST',
  path: '/number/v1/numbers/:number/services',
  needs: [subscribeNumberOperation],
  read(call) {
    const { body, check } = call
    check(Subscribe, body)
    const service = body['service_id'] as string
    requireServiceId(service)
    return { ...numberInPath(call), service, detail: detailFrom(body) }
  },
  async perform(call, { number, service, detail }) {
    const { capability, masks } = serviceOf(call.caller, service)
    const { id } = await find(call, number)
    const whole = { ...detail(capability), ...(masks && { masking: true }) }
    return (await call.ask(subscribeNumberOperation, { id, service, capability, detail: whole })) as NumberShown
  },
  write: numberBody,
})

const serviceInPath = (call: Call): { number: string; service: string } => {
  const service = call.params['service_id']!
  requireServiceId(service)
  return { ...numberInPath(call), service }
}

/** New settings for a service that the number has; those not given stay. */
const change = {
  path: '/number/v1/numbers/:number/services/:service_id',
  needs: [updateNumberOperation],
  read(call: Call) {
    const { body, check } = call
    check(Settings, body)
    return { ...serviceInPath(call), detail: detailFrom(body) }
  },
  async perform(
    call: Call,
    { number, service, detail }: ReturnType<typeof serviceInPath> & { detail: ReturnType<typeof detailFrom> },
  ) {
    const { capability } = serviceOf(call.caller, service)
    const { id, detail: held } = await find(call, number)
    if (!(held['services'] as string[] | undefined)?.includes(service)) refuse('number.not_subscribed', { number, service })
    return (await call.ask(updateNumberOperation, { id, detail: detail(capability) })) as NumberShown
  },
  write: numberBody,
}

const unsubscribe = route({
  method: 'DELETE',
  path: '/number/v1/numbers/:number/services/:service_id',
  needs: [unsubscribeNumberOperation],
  read: serviceInPath,
  async perform(call, { number, service }) {
    const { id } = await find(call, number)
    return (await call.ask(unsubscribeNumberOperation, { id, service })) as NumberShown
  },
  write: numberBody,
})

// QUERY is GET with its filters in a body, for filters that shall not stand in logs of addresses.
export const numberRoutes = [
  route({ method: 'GET', ...listAvailable }),
  route({ method: 'QUERY', ...listAvailable }),
  route({ method: 'GET', ...listOwned }),
  route({ method: 'QUERY', ...listOwned }),
  acquire,
  readOne,
  optionsOfOne,
  giveBack,
  subscribe,
  route({ method: 'PUT', ...change }),
  route({ method: 'PATCH', ...change }),
  unsubscribe,
]
