// One of two programs on one PostgreSQL dies with calls up, or is cut off from it. The other knows at once, long before a lease has run
// out, and each call comes to one end: one record, one last webhook, no credit held. Who was only away for a moment goes on; who was taken
// for dead meanwhile lets its calls go and stops.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { presenceClass } from '#store/presence-class.ts'
import { methodOf } from '../../conformance/sip-text.ts'
import { toldEnds } from '../call-place.ts'
import { openTcpRelay, type TcpRelay } from '../fakes/tcp-relay.ts'
import { openNodePair, type NodePair } from '../node-pair.ts'
import { until } from '../until.ts'

/** Through which the first program of the second pair reaches the database. */
let way: TcpRelay | undefined
const killed = await openNodePair()
const cut = await openNodePair({
  async wayOf(database) {
    const url = new URL(database)
    way = await openTcpRelay({ host: url.hostname, port: Number(url.port) })
    url.port = String(way.port)
    return url.href
  },
})
after(() => way?.close())

async function inDatabase<T>({ database }: NodePair, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  try {
    return await ask(client)
  } finally {
    await client.end()
  }
}

const numbersOf = (pair: NodePair) =>
  inDatabase(pair, async (client) => {
    const { rows } = await client.query(`select * from leases where thing like 'node %' order by thing`)
    return rows as { thing: string; node: string; epoch: number; expires_ms: string }[]
  })

/** The sessions that have a lock of a node. */
const lockedBy = (pair: NodePair) =>
  inDatabase(pair, async (client) => {
    const { rows } = await client.query(
      `select pid from pg_locks where locktype = 'advisory' and granted and classid = $1 and objsubid = 2
        and database = (select oid from pg_database where datname = current_database())`,
      [presenceClass],
    )
    return rows.map(({ pid }) => pid as number)
  })

/** Once all have ended: they have, before the lease of their node ran out. */
async function allClosed(pair: NodePair, ids: readonly string[]): Promise<void> {
  const records = await until(
    () => Promise.all(ids.map(async (id) => (await pair.there('GET', `/calls/${id}`)).answer)),
    (all) => all.every(({ final }) => final),
  )
  const [first] = await numbersOf(pair)
  assert.equal(first!.node, '', 'it was taken for dead')
  for (const { endedAt } of records) assert.ok(Date.parse(endedAt) < Number(first!.expires_ms), 'its lease would still run')
  for (const { state, reason, endedBy } of records)
    assert.deepEqual([state, reason.slug, endedBy], ['failed', 'call.platform_stopped', 'platform'])
  await until(
    () => ids.filter((id) => toldEnds(pair.place.hooks, id).length === 0),
    (untold) => untold.length === 0,
  )
  for (const id of ids) {
    const told = toldEnds(pair.place.hooks, id)
    assert.equal(new Set(told.map(({ delivery }) => delivery)).size, 1, 'one last event')
    assert.equal(told[0]!.data.reason.slug, 'call.platform_stopped')
  }
}

async function charge({ place }: NodePair): Promise<void> {
  const { accountId } = await place.api('GET', '/whoami')
  const csv = 'service,direction,prefix,price,per,first,next\ncall,in,,0.02,60,60,60'
  const { id: deckId } = await place.operator('POST', '/rate-decks', { name: 'calls', currency: 'USD', csv })
  await place.operator('PUT', `/accounts/${accountId}/rate-deck`, { deckId })
  await place.operator('POST', '/credit-transfers', { accountId, kind: 'topup', amountMicro: 10_000_000, currency: 'USD' })
}

test('a lock that is lost for a moment is taken again, and the calls go on', { timeout: 60_000 }, async () => {
  const pair = cut
  const { id, party } = await pair.callUp()
  const before = await numbersOf(pair)
  // How long the other one waits for a lock to be back is a matter of a second (watch-nodes.test.ts), which a busy machine may take for
  // less than that: here it looks away until it is.
  pair.second.child.kill('SIGSTOP')
  const backends = await lockedBy(pair)
  way!.cut()
  way!.mend()
  await until(
    () => lockedBy(pair),
    (now) => now.length === 2 && now.some((backend) => !backends.includes(backend)),
  )
  pair.second.child.kill('SIGCONT')
  const { answer } = await until(
    () => pair.there('PATCH', `/calls/${id}`, { muted: true }),
    ({ status }) => status === 200,
  )
  assert.equal(answer.state, 'answered')
  const held = (numbers: Awaited<ReturnType<typeof numbersOf>>) => numbers.map(({ node, epoch }) => [node, epoch])
  assert.deepEqual(held(await numbersOf(pair)), held(before))
  await party.hangUp()
  await pair.place.ended({ from: '+13105558001' })
})

test(
  'who is cut off is taken for dead, its calls are closed once, and it lets them go when it hears of it',
  { timeout: 60_000 },
  async () => {
    const pair = cut
    const { id, party } = await pair.callUp()
    way!.cut()
    await allClosed(pair, [id])
    way!.mend()
    assert.ok(['BYE'].includes(methodOf(await party.ended())))
    assert.equal(await pair.place.program.ended, 0)
    // It has changed nothing of what was said.
    await allClosed(pair, [id])
  },
)

test('kill -9 of one of two programs: the other closes its calls at once', { timeout: 60_000 }, async () => {
  const pair = killed
  await charge(pair)
  const ids: string[] = []
  for (let n = 0; n < 8; n += 1) ids.push((await pair.callUp()).id)
  assert.ok((await pair.there('GET', '/balance')).answer.heldMicro > 0)
  pair.place.program.child.kill('SIGKILL')
  const { answer } = await pair.there('POST', `/calls/${ids[0]}/end`, {})
  assert.ok(['platform.node_lost', 'call.not_found'].includes(answer.reason), answer.reason)
  await allClosed(pair, ids)
  const { heldMicro = 0 } = (await pair.there('GET', '/balance')).answer
  assert.equal(heldMicro, 0)
})
