// The SMPP server door: submit_sm in -> durable -> submit_sm out to the fake SMSC -> its receipt back to the ESME.
//
//   node bench/smpp-door.ts [seconds 10] [runs 3]
//
// The ESME is a process of its own with binds of our own session; each message is timed from its submit_sm to its receipt. First as
// many as go (each answer makes room for the next), then at half of the median of these rates.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { dial } from '#protocols/smpp/dial.ts'
import type { PduDraftOf } from '#protocols/smpp/pdu.ts'
import { parseReceiptText } from '#protocols/smpp/receipt-text.ts'
import type { Session } from '#protocols/smpp/session.ts'
import { systemClock as clock } from '#values/clock.ts'
import { median } from './load.ts'
import { openMessagePlace, startFakeSmsc } from './message-place.ts'
import { cpuMs, residentMb } from './servers.ts'

interface Wish {
  readonly port: number
  readonly systemId: string
  readonly password: string
  readonly from: string
  readonly seconds: number
  /** 0: as many as go. */
  readonly perSecond: number
}

interface Told {
  readonly submitted: number
  readonly refused: number
  readonly receipts: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const [binds, window] = [2, 100]
const quietMs = 3_000

/** What the ESME does; what it found goes to its standard output. */
async function esme({ port, systemId, password, from, seconds, perSecond }: Wish): Promise<Told> {
  const sentAt = new Map<string, number>()
  /** Of receipts that were faster than the answer to their submit. */
  const early = new Map<string, number>()
  const tookMs: number[] = []
  let [submitted, refused, lastAtMs, number] = [0, 0, 0, 0]
  const done = (id: string, sentAtMs: number, atMs: number): void => {
    sentAt.delete(id)
    tookMs.push(atMs - sentAtMs)
  }
  const hooks = {
    onRequest(pdu: { command: string; short_message?: Uint8Array }, respond: () => void): void {
      respond()
      const id = parseReceiptText(pdu.short_message ?? new Uint8Array())?.id
      if (id === undefined) return
      lastAtMs = clock.elapsedMs()
      const sentAtMs = sentAt.get(id)
      if (sentAtMs === undefined) early.set(id, lastAtMs)
      else done(id, sentAtMs, lastAtMs)
    },
  }
  const sessions: Session[] = []
  for (let n = 0; n < binds; n += 1) {
    const bind = { command: 'bind_transceiver', system_id: systemId, password } as const
    const dialled = await dial({
      host: '127.0.0.1',
      port,
      bind,
      session: { clock, window, peerWindow: 1000 },
      hooks: hooks as never,
    })
    if (!dialled.session) throw new Error(`not bound: ${JSON.stringify(dialled)}`)
    sessions.push(dialled.session)
  }
  const startMs = clock.elapsedMs()
  const endMs = startMs + seconds * 1000
  const send = (session: Session, next: () => void): void => {
    number += 1
    const atMs = clock.elapsedMs()
    const draft: PduDraftOf<'submit_sm'> = {
      command: 'submit_sm',
      source_addr_ton: 1,
      source_addr_npi: 1,
      source_addr: from.slice(1),
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr: `4479${String(number).padStart(8, '0')}`,
      registered_delivery: 1,
      short_message: Buffer.from('The quick brown fox jumps over the lazy dog, twice in a row.'),
    }
    session.send(draft, (answer) => {
      if (answer.command === 'none' || answer.status !== 0 || !('message_id' in answer)) refused += 1
      else {
        submitted += 1
        const id = answer.message_id
        const receiptAtMs = early.get(id)
        if (receiptAtMs === undefined) sentAt.set(id, atMs)
        else {
          early.delete(id)
          done(id, atMs, receiptAtMs)
        }
      }
      next()
    })
  }
  const goOn = (session: Session): void => {
    if (clock.elapsedMs() < endMs) send(session, () => goOn(session))
  }
  if (perSecond === 0) for (const session of sessions) for (let n = 0; n < window; n += 1) goOn(session)
  else {
    for (let n = 0; clock.elapsedMs() < endMs;) {
      for (const due = ((clock.elapsedMs() - startMs) * perSecond) / 1000; n < due; n += 1) send(sessions[n % binds]!, () => {})
      await clock.sleep(1)
    }
  }
  lastAtMs = clock.elapsedMs()
  while (clock.elapsedMs() - lastAtMs < quietMs && (sentAt.size > 0 || clock.elapsedMs() < endMs + 500)) await clock.sleep(50)
  for (const session of sessions) await session.unbind()
  const sorted = tookMs.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? NaN
  const perSecondDone = (tookMs.length * 1000) / (lastAtMs - startMs)
  return { submitted, refused, receipts: tookMs.length, perSecond: perSecondDone, p50Ms: at(0.5), p99Ms: at(0.99) }
}

async function runEsme(wish: Wish): Promise<Told> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'esme', JSON.stringify(wish)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await new Promise((resolve) => child.once('close', resolve))
  return JSON.parse(text) as Told
}

async function main(seconds: number, runs: number): Promise<void> {
  const smsc = await startFakeSmsc()
  const place = await openMessagePlace(smsc.port, 200)
  const { systemId, password } = place.offhook.credentials.smpp
  const { pid } = place.offhook
  const wish = { port: place.offhook.smppPort!, systemId, password, from: place.from, seconds, perSecond: 0 }
  await runEsme({ ...wish, seconds: 4 })
  const rates: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const before = cpuMs(pid)
    const { submitted, refused, receipts, perSecond } = await runEsme(wish)
    rates.push(perSecond)
    const cpuUs = ((cpuMs(pid) - before) * 1000) / submitted
    console.log(
      `${perSecond.toFixed(0)}/s with their receipts: ${submitted} submitted, ${refused} refused, ${receipts} receipts, ${cpuUs.toFixed(0)} us of processor time each`,
    )
  }
  const half = median(rates) / 2
  const { p50Ms, p99Ms, receipts, submitted } = await runEsme({ ...wish, perSecond: half })
  console.log(`median ${median(rates).toFixed(0)}/s (at least 5000)`)
  console.log(
    `at ${half.toFixed(0)}/s from submit_sm to receipt: median ${p50Ms.toFixed(1)} ms (under 20), 99th percentile ${p99Ms.toFixed(1)} ms; ${receipts} of ${submitted} had one`,
  )
  console.log(`${residentMb(pid).toFixed(0)} MB afterwards`)
  await place.offhook.stop()
  smsc.stop()
}

const [first, second] = process.argv.slice(2)
if (first === 'esme') console.log(JSON.stringify(await esme(JSON.parse(second!) as Wish)))
else await main(Number(first ?? 10), Number(second ?? 3))
