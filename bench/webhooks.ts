// Webhooks told a second, from a row of the log to the answer stored: one endpoint of our own form, signed, on loopback, the
// server a process of its own. Usage: node bench/webhooks.ts [happenings]. Prints the rate and the CPU time of each.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Outgoing } from '#protocols/http/outgoing.ts'
import { openStore } from '#store/open-store.ts'
import { systemClock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { nativeForm } from '#webhooks/native-form.ts'
import { Relay } from '#webhooks/relay.ts'
import { happenAll } from '../test/fakes/store-writes.ts'

const file = fileURLToPath(import.meta.url)

if (process.argv[2] === 'server') {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.end())
  })
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))
  process.on('disconnect', () => process.exit())
} else {
  const total = Number(process.argv[2] ?? 20_000)
  const child = fork(file, ['server'])
  const [port] = (await once(child, 'message')) as [number]
  const dataDir = mkdtempSync(join(tmpdir(), 'offhook-bench-'))
  const writesModule = new URL('../test/fakes/store-writes.ts', import.meta.url).href
  const store = await openStore({ dataDir, clock: systemClock, writesModule })
  const outgoing = new Outgoing({ clock: systemClock, userAgent: 'bench', allow: ['127.0.0.1'] })
  let ended = 0
  const done = Promise.withResolvers<void>()
  const form = nativeForm({
    showId: (noun, id) => `${noun}_${id}`,
    showData: (_, id, data) => ({ id, ...data }),
    secretsOf: async () => ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  })
  const relay = new Relay({
    store,
    clock: systemClock,
    nextId: idSource(systemClock),
    node: 'bench',
    fetch: outgoing.fetch,
    forms: new Map([['api', form]]),
    random: Math.random,
    isLive: () => true,
    onFault: (cause) => console.error(cause),
    onUnrendered: (cause) => console.error(cause),
    onEnded: () => void ((ended += 1) === total && done.resolve()),
    targetsOf: [
      async (rows) =>
        rows.map(({ account_id: accountId, noun, noun_id: nounId, kind, data }) => [
          {
            accountId,
            endpointId: null,
            face: 'api',
            url: `http://127.0.0.1:${port}/hook`,
            method: 'POST',
            kind: `message.${kind}`,
            noun,
            nounId,
            subject: JSON.parse(data) as object,
            loopback: false,
          },
        ]),
    ],
  })
  await relay.start()
  const data = {
    state: 'delivered',
    from: '+15005550006',
    to: '+15005550001',
    segments: 1,
    text: 'x'.repeat(100),
    priceMicro: 5000,
  }
  const [startMs, startCpu] = [systemClock.elapsedMs(), process.cpuUsage()]
  for (let n = 0; n < total; n += 50) {
    const rows = Array.from({ length: 50 }, (_, at) => ({
      accountId: 1 + (at % 5),
      noun: 'messages',
      nounId: n + at,
      kind: 'delivered',
      actor: { face: 'api' },
      data,
      atMs: 1,
    }))
    await store.write(happenAll, rows)
  }
  await done.promise
  const seconds = (systemClock.elapsedMs() - startMs) / 1000
  const cpu = process.cpuUsage(startCpu)
  console.log(`${total} told in ${seconds.toFixed(2)} s: ${Math.round(total / seconds)} a second`)
  console.log(`${((cpu.user + cpu.system) / total).toFixed(0)} us of CPU each, writing the log among it`)
  await relay.stop()
  await outgoing.close()
  await store.close()
  child.disconnect()
  rmSync(dataDir, { recursive: true, force: true })
}
