// Durable writes a second of the store alone: one row, its happening, its counter and an idempotency key, 64 in flight.
//
//   taskset -c 0 node bench/store-writes.ts [seconds]
//   OFFHOOK_DATABASE=postgres://... node bench/store-writes.ts

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApplication } from '#store/applications.ts'
import { openStore } from '#store/open-store.ts'
import { systemClock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { hashToken } from '#values/secrets.ts'

const seconds = Number(process.argv[2] ?? 5)
const inFlight = 64
const dataDir = mkdtempSync(join(tmpdir(), 'offhook-bench-'))
const store = await openStore({ dataDir, url: process.env['OFFHOOK_DATABASE'], clock: systemClock })
const nextId = idSource(systemClock)

async function writeUntil(endMs: number): Promise<number> {
  let done = 0
  while (systemClock.elapsedMs() < endMs) {
    const id = nextId()
    const now = systemClock.nowMs()
    const row = {
      id,
      account_id: 1 + (id % 50),
      name: `application ${id}`,
      kind: 'voice',
      detail: '{"voiceUrl":"https://example.com/voice","voiceMethod":"POST","smsUrl":"https://example.com/sms"}',
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    const input = { row, unique: false, actor: { face: 'native', userId: 12, credentialId: 13 } }
    const claim = { accountId: row.account_id, keyHash: hashToken(String(id)), fingerprint: hashToken(row.name), nowMs: now }
    await store.claim(createApplication, input, claim)
    done += 1
  }
  return done
}

async function round(forSeconds: number): Promise<number> {
  const startMs = systemClock.elapsedMs()
  const done = await Promise.all(Array.from({ length: inFlight }, () => writeUntil(startMs + forSeconds * 1000)))
  return (done.reduce((sum, one) => sum + one, 0) * 1000) / (systemClock.elapsedMs() - startMs)
}

await round(1)
for (let run = 0; run < 3; run += 1) {
  console.log(`${store.engine}: ${Math.round(await round(seconds))} writes/s, ${inFlight} in flight`)
}
await store.close()
rmSync(dataDir, { recursive: true })
