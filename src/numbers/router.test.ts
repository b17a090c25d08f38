import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteRow } from '#store/routes.ts'
import type { Reader } from '#store/store.ts'
import { Router } from './router.ts'

let ids = 0
const route = (carrier: number, more: Partial<RouteRow> = {}): RouteRow => ({
  id: (ids += 1),
  account_id: null,
  prefix: '',
  sender: '',
  kind: '',
  carrier_id: carrier,
  rank: 100,
  cost_micro: 0,
  created_ms: 1,
  updated_ms: 1,
  version: 1,
  ...more,
})

function routerOver(routes: RouteRow[]) {
  let reads = 0
  const read = {
    all: () => {
      reads += 1
      return routes
    },
  } as unknown as Reader
  return { router: new Router(read), reads: () => reads }
}

const carrierIn = (state: string) => ({ isUp: () => state === 'up' })
const ask = { accounts: [1, 5, 7], kind: 'sms', sender: '+1555', recipient: '+447700900001' } as const
const none = (): undefined => undefined

test('the longest prefix, then the sender, the nearest account, the kind, rank and cost', async () => {
  const { router } = routerOver([
    route(1),
    route(2, { prefix: '+44' }),
    route(3, { prefix: '+4477' }),
    route(4, { prefix: '+44', sender: '+1555' }),
    route(5, { prefix: '+44', account_id: 5 }),
    route(6, { prefix: '+44', account_id: 7 }),
    route(7, { prefix: '+44', kind: 'sms' }),
    route(8, { prefix: '+44', rank: 1 }),
    route(9, { prefix: '+44', rank: 1, cost_micro: -1 }),
    route(10, { prefix: '+44', kind: 'mms' }),
    route(11, { prefix: '+44', sender: 'other' }),
    route(12, { prefix: '+44', account_id: 99 }),
    route(13, { prefix: '+45' }),
    route(3, { prefix: '' }),
  ])
  assert.deepEqual(await router.carriersFor(ask, none), [3, 4, 6, 5, 7, 9, 8, 2, 1])
})

test('what is down comes last, and what is not open here is taken to be up', async () => {
  const { router } = routerOver([route(1, { rank: 1 }), route(2, { rank: 2 }), route(3, { rank: 3 })])
  const carriers = new Map([
    [1, carrierIn('down')],
    [3, carrierIn('up')],
  ])
  assert.deepEqual(await router.carriersFor(ask, (id) => carriers.get(id)), [2, 3, 1])
})

test('routes are read once, and again when they changed', async () => {
  const { router, reads } = routerOver([])
  assert.deepEqual(await router.carriersFor(ask, none), [])
  await router.carriersFor(ask, none)
  assert.equal(reads(), 1)
  router.forget()
  await router.carriersFor(ask, none)
  assert.equal(reads(), 2)
})

test('routes that change while they are read are read again', async () => {
  const answers: ((rows: RouteRow[]) => void)[] = []
  const read = { all: () => new Promise<RouteRow[]>((resolve) => answers.push(resolve)) } as unknown as Reader
  const router = new Router(read)
  const first = router.carriersFor(ask, none)
  router.forget()
  answers[0]!([route(1)])
  assert.deepEqual(await first, [1])
  const second = router.carriersFor(ask, none)
  answers[1]!([route(2)])
  assert.deepEqual(await second, [2])
})
