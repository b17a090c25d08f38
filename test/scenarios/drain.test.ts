// The end of a process, wanted or not: SIGTERM under load loses no answer, kill -9 under load loses nothing that was
// acknowledged, and asking again with the same idempotency keys makes nothing twice.

import { test, type TestContext } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { newFolder, startProgram } from '../program.ts'

const keyOf = (data: string): string => JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8')).operator.key

interface Client {
  /** Resolves with the name created, or undefined when no answer came. */
  create(name: string): Promise<{ status: number; id: string } | undefined>
  names(): Promise<string[]>
  total(): Promise<number>
}

function clientOf(t: TestContext, url: string, key: string): Client {
  const dispatcher = new Agent({ connections: 8 })
  t.after(() => dispatcher.destroy())
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const page = async (after: string | null): Promise<{ items: { name: string }[]; next: string | null; total: number }> => {
    const told = await request(`${url}/v1/applications?limit=1000${after === null ? '' : `&after=${after}`}`, {
      dispatcher,
      headers,
    })
    return (await told.body.json()) as Awaited<ReturnType<typeof page>>
  }
  return {
    async create(name) {
      try {
        const body = JSON.stringify({ name })
        const told = await request(`${url}/v1/applications`, {
          method: 'POST',
          dispatcher,
          headers: { ...headers, 'idempotency-key': name },
          body,
        })
        return { status: told.statusCode, id: ((await told.body.json()) as { id: string }).id }
      } catch {
        return undefined
      }
    },
    async names() {
      const names: string[] = []
      for (let after: string | null = null; ;) {
        const { items, next } = await page(after)
        names.push(...items.map((item) => item.name))
        if (next === null) return names
        after = next
      }
    },
    total: async () => (await page(null)).total,
  }
}

/** Creates without pause, eight at a time, until told to stop; `enough` resolves once that many were acknowledged. */
function load(client: Client, acknowledged: Map<string, string>, tried: string[], others: string[]) {
  const state = { going: true }
  let reached: () => void
  const enough = new Promise<void>((resolve) => (reached = resolve))
  const workers = Array.from({ length: 8 }, async (_, worker) => {
    for (let n = 0; state.going; n += 1) {
      const name = `app-${worker}-${n}`
      tried.push(name)
      const told = await client.create(name)
      if (told === undefined) return
      if (told.status === 201) acknowledged.set(name, told.id)
      else others.push(`${told.status}`)
      if (acknowledged.size >= 60) reached()
    }
  })
  return {
    enough,
    async stop() {
      state.going = false
      await Promise.all(workers)
    },
  }
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(
    `${signal} under load of creates: what was acknowledged is there, and repeating it makes nothing twice`,
    { timeout: 120_000 },
    async (t) => {
      const data = newFolder()
      const first = await startProgram(t, data)
      const key = keyOf(data)
      const acknowledged = new Map<string, string>()
      const tried: string[] = []
      const others: string[] = []
      const loading = load(clientOf(t, first.url, key), acknowledged, tried, others)
      await loading.enough
      first.child.kill(signal)
      assert.equal(await first.ended, signal === 'SIGTERM' ? 0 : null)
      await loading.stop()
      assert.deepEqual(
        others.filter((status) => status !== '429'),
        [],
        'no request was answered with anything else',
      )
      assert.doesNotMatch(first.lines(), /"level":50/)

      const second = await startProgram(t, data)
      const client = clientOf(t, second.url, key)
      const there = new Set(await client.names())
      for (const name of acknowledged.keys()) assert.ok(there.has(name), `${name} was acknowledged and is gone`)

      for (const name of tried) {
        for (;;) {
          const told = await client.create(name)
          if (told?.status === 429) {
            await new Promise((resolve) => setTimeout(resolve, 100))
            continue
          }
          assert.equal(told?.status, 201)
          if (acknowledged.has(name)) assert.equal(told.id, acknowledged.get(name), 'the first answer again')
          break
        }
      }
      const names = await client.names()
      assert.equal(names.length, new Set(names).size, 'none twice')
      assert.deepEqual(names.toSorted(), tried.toSorted())
      assert.equal(await client.total(), tried.length, 'and they are counted right')
      second.child.kill('SIGTERM')
      assert.equal(await second.ended, 0)
    },
  )
}
