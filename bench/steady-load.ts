// Sends requests at a fixed rate over 64 connections, whether or not answers come, and prints the percentiles of the time
// from when each was due to its answer. Run by load.ts, pinned to a core of its own.

import { Pool } from 'undici'
import { systemClock } from '#values/clock.ts'
import { connections, type Request } from './load.ts'

const { url, request, perSecond, seconds } = JSON.parse(process.argv[2]!) as {
  url: string
  request: Request
  perSecond: number
  seconds: number
}
const { method, path, headers, body } = request
const pool = new Pool(url, { connections, pipelining: 1 })
const word = `s${process.pid}x`
const warmUpMs = 1000

async function send(n: number): Promise<void> {
  const unique = `${word}${n}`
  const answer = await pool.request({
    method: method as 'GET',
    path: path.replace('UNIQUE', unique),
    headers: { ...headers, ...(body !== undefined && { 'idempotency-key': unique }) },
    ...(body !== undefined && { body: body.replace('UNIQUE', unique) }),
  })
  await answer.body.dump()
  if (answer.statusCode >= 400) throw new Error(`answered ${answer.statusCode}`)
}

const times: number[] = []
const startMs = systemClock.elapsedMs()
const total = Math.round((perSecond * (seconds * 1000 + warmUpMs)) / 1000)
let sent = 0
const open: Promise<void>[] = []

while (sent < total) {
  const due = Math.min(total, Math.floor(((systemClock.elapsedMs() - startMs) * perSecond) / 1000))
  for (; sent < due; sent += 1) {
    const dueMs = startMs + (sent * 1000) / perSecond
    const counted = dueMs - startMs > warmUpMs
    open.push(send(sent).then(() => void (counted && times.push(systemClock.elapsedMs() - dueMs))))
  }
  await systemClock.sleep(1)
}
await Promise.all(open)
const tookMs = systemClock.elapsedMs() - startMs
const sorted = times.toSorted((a, b) => a - b)
const at = (share: number) => sorted[Math.floor(sorted.length * share)]
console.log(JSON.stringify({ p50Ms: at(0.5), p99Ms: at(0.99), perSecond: (total * 1000) / tookMs }))
await pool.close()
