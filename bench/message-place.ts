// Where messages are measured: the fake SMSC as a process of its own, counting what it takes, and the platform with a carrier to it, a
// number to send from, credit, and no limit in the way.

import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startOffhook, type Offhook } from './servers.ts'

export interface SmscCounters {
  readonly accepted: number
  readonly receiptsAcknowledged: number
  readonly firstSubmitAtMs: number
  readonly lastSubmitAtMs: number
}

export interface FakeSmsc {
  readonly port: number
  counters(): Promise<SmscCounters>
  reset(): Promise<void>
  /** Listens no more, and listens again at the same port. */
  down(): Promise<void>
  up(): Promise<void>
  stop(): void
}

export async function startFakeSmsc(): Promise<FakeSmsc> {
  const path = fileURLToPath(new URL('../test/fakes/smsc.ts', import.meta.url))
  const child = spawn(process.execPath, [path, '--keep', '0', '--window', '1000'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const { port, control } = JSON.parse(await firstLine(child)) as { port: number; control: number }
  const ask = async (method: string, path: string): Promise<any> => {
    const answer = await fetch(`http://127.0.0.1:${control}${path}`, { method, ...(method !== 'GET' && { body: '{}' }) })
    return await answer.json()
  }
  return {
    port,
    counters: async () => (await ask('GET', '/state')).counters,
    reset: async () => void (await ask('POST', '/reset')),
    down: async () => void (await ask('POST', '/down')),
    up: async () => void (await ask('POST', '/up')),
    stop: () => void child.kill('SIGTERM'),
  }
}

export function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) resolve(text.split('\n')[0]!)
    })
  })
}

export interface MessagePlace {
  readonly offhook: Offhook
  /** Of the sandbox account. */
  readonly key: string
  readonly from: string
  readonly carrierId: string
}

const creditMicro = 900_000_000_000_000

/** `window`: submits under way to the SMSC; a bind that is lost is made anew within a second. Resolves when the carrier is up. */
export async function openMessagePlace(smscPort: number, window = 50): Promise<MessagePlace> {
  const offhook = await startOffhook({ OFFHOOK_DISK_RESERVE: '0' }, { isPinned: false })
  const operator = offhook.credentials.operator.key as string
  const key = offhook.credentials.api.key as string
  const limits = { keyPerSecond: 1_000_000, accountPerSecond: 1_000_000, queuedPerSender: 10_000_000 }
  const { accountId } = await offhook.ask('GET', '/whoami')
  await offhook.ask('PATCH', `/accounts/${accountId}`, { settings: { limits } }, operator)
  const { currency } = await offhook.ask('GET', '/balance')
  const credit = { accountId, kind: 'topup', amountMicro: creditMicro, currency }
  await offhook.ask('POST', '/credit-transfers', credit, operator)
  const url = `smpp://offhook:offhook@127.0.0.1:${smscPort}?window=${window}&reconnectMinMs=200&reconnectMaxMs=1000`
  const carrier = await offhook.ask('POST', '/carriers', { name: 'sim', url }, operator)
  // Over no other carrier, be this one down.
  const { items: routes } = await offhook.ask('GET', '/routes', undefined, operator)
  for (const { id } of routes) await offhook.ask('DELETE', `/routes/${id}`, undefined, operator)
  await offhook.ask('POST', '/routes', { carrierId: carrier.id, prefix: '', rank: 1 }, operator)
  const bought = await offhook.ask('POST', '/numbers', { country: 'US', type: 'local' })
  for (let tries = 0; ; tries += 1) {
    const { status } = await offhook.ask('GET', `/carriers/${carrier.id}`, undefined, operator)
    if (status?.state === 'up') break
    if (tries === 200) throw new Error('the carrier does not come up')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { offhook, key, from: bought.items[0].number as string, carrierId: carrier.id as string }
}

/** The same until it stands still. */
export async function settled(count: () => Promise<number>, everyMs = 400): Promise<number> {
  for (let before = -1; ;) {
    const now = await count()
    if (now === before) return now
    before = now
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
