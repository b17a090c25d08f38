// Where calls are measured: the platform with a trunk that takes what sipp calls, a number whose script is a server of ours, and sipp or a bare peer behind
// another trunk whom that script dials. The server of scripts is a process of its own and counts what it is told.

import { spawn } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { firstLine } from './message-place.ts'
import { pinned, startOffhook, type Offhook } from './servers.ts'
import { freePort } from './sip-uas-peers.ts'

/** The called party of a bridge; its number leads over the trunk to the other side. */
export const dialledNumber = '+13107772345'

export const scripts = {
  /** Answers and waits for the caller's end. */
  single: '<Response><Gather timeout="120"/></Response>',
  bridged: `<Response><Dial><Number>${dialledNumber}</Number></Dial></Response>`,
} as const
export type ScriptKind = keyof typeof scripts

interface Told {
  /** Pages that were asked for. */
  readonly pages: number
  /** Different calls whose end was told. */
  readonly ends: number
  /** Ends that were told more than once. */
  readonly again: number
}

interface ScriptServer {
  readonly url: string
  told(): Promise<Told>
  stop(): void
}

async function startScripts(): Promise<ScriptServer> {
  const [command, parts] = pinned(1, [process.execPath, fileURLToPath(import.meta.url), 'scripts'])
  const child = spawn(command, parts, { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await firstLine(child)
  return {
    url,
    told: async () => (await (await fetch(`${url}/told`)).json()) as Told,
    stop: () => void child.kill('SIGTERM'),
  }
}

export interface Records {
  readonly calls: number
  readonly ended: number
  /** By the reason of their end. */
  readonly reasons: Readonly<Record<string, number>>
}

export interface VoicePlace {
  readonly offhook: Offhook
  /** Where it hears SIP over UDP. */
  readonly sipPort: number
  /** The number that is called. */
  readonly number: string
  readonly scripts: ScriptServer
  /** As the database has them, read beside the program. */
  records(): Records
  stop(): Promise<void>
}

export interface VoicePlaceWish {
  readonly script: ScriptKind
  /** Each state is told to the number's own URL; else only ends are told, of all legs, to an endpoint. */
  readonly withStates?: boolean
  /** Where `dialledNumber` is reached. */
  readonly calledPort?: number
  readonly env?: Record<string, string>
}

export async function openVoicePlace({ script, withStates = false, calledPort, env = {} }: VoicePlaceWish): Promise<VoicePlace> {
  const sipPort = await freePort()
  const server = await startScripts()
  const offhook = await startOffhook({
    OFFHOOK_SIP: `udp://127.0.0.1:${sipPort}`,
    OFFHOOK_SMPP: 'off',
    OFFHOOK_DISK_RESERVE: '0',
    OFFHOOK_MEDIA_WORKERS: '1',
    OFFHOOK_MEDIA_STREAMS: '5000',
    OFFHOOK_RTP_PORTS: '42000-60999',
    OFFHOOK_SHUTDOWN_MS: '500',
    ...env,
  })
  const number = await prepare(offhook, server.url, { script, withStates, ...(calledPort !== undefined && { calledPort }) })
  const database = new DatabaseSync(join(offhook.dataDir, 'offhook.db'), { readOnly: true })
  return {
    offhook,
    sipPort,
    number,
    scripts: server,
    records() {
      const rows = database
        .prepare('select reason, count(*) as n, sum(ended_ms is not null) as ended from calls group by reason')
        .all() as { reason: string | null; n: number; ended: number }[]
      const sum = (of: (row: { n: number; ended: number }) => number): number => rows.reduce((all, row) => all + of(row), 0)
      return {
        calls: sum((row) => row.n),
        ended: sum((row) => row.ended),
        reasons: Object.fromEntries(rows.map(({ reason, n }) => [reason ?? 'up', n])),
      }
    },
    async stop() {
      database.close()
      server.stop()
      await offhook.stop()
    },
  }
}

const creditMicro = 900_000_000_000_000

async function prepare(
  offhook: Offhook,
  scriptsUrl: string,
  { script, withStates, calledPort }: VoicePlaceWish,
): Promise<string> {
  const operator = offhook.credentials.operator.key as string
  const { accountId } = await offhook.ask('GET', '/whoami')
  const limits = { keyPerSecond: 1_000_000, accountPerSecond: 1_000_000 }
  await offhook.ask('PATCH', `/accounts/${accountId}`, { settings: { limits } }, operator)
  const { currency } = await offhook.ask('GET', '/balance')
  await offhook.ask('POST', '/credit-transfers', { accountId, kind: 'topup', amountMicro: creditMicro, currency }, operator)
  const url = `sip:127.0.0.1:${calledPort ?? 9}?sources=127.0.0.1&optionsSeconds=0`
  const carrier = await offhook.ask('POST', '/carriers', { name: 'bench', url }, operator)
  // Over no other, be it the pretend network.
  const { items: routes } = await offhook.ask('GET', '/routes', undefined, operator)
  for (const route of routes) await offhook.ask('DELETE', `/routes/${route.id}`, undefined, operator)
  await offhook.ask('POST', '/routes', { carrierId: carrier.id, prefix: '', kind: 'voice', rank: 1 }, operator)
  const { accountSid, authToken } = offhook.credentials.restcomm
  const form = async (path: string, fields: Record<string, string>): Promise<any> => {
    const answer = await fetch(`${offhook.url}/restcomm/2012-04-24/Accounts/${accountSid}/IncomingPhoneNumbers${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
      body: new URLSearchParams(fields),
    })
    if (!answer.ok) throw new Error(`the number was answered ${answer.status}: ${await answer.text()}`)
    return await answer.json()
  }
  const bought = await form('.json', { AreaCode: '415' })
  const states = withStates ? { StatusCallback: `${scriptsUrl}/status` } : undefined
  await form(`/${bought.sid}.json`, { VoiceUrl: `${scriptsUrl}/${script}`, ...states })
  if (!withStates) await offhook.ask('POST', '/webhook-endpoints', { url: `${scriptsUrl}/ended`, events: ['call.ended'] })
  return bought.phone_number as string
}

function serveScripts(): void {
  let pages = 0
  let again = 0
  const ends = new Set<string>()
  const end = (call: string): void => {
    if (ends.has(call)) again += 1
    ends.add(call)
  }
  const page = (path: string, response: ServerResponse): void => {
    pages += 1
    response.writeHead(200, { 'content-type': 'application/xml' })
    response.end(scripts[path.slice(1).replace(/\?.*$/s, '') as ScriptKind] ?? '<Response/>')
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? '/'
      if (path === '/told') return void response.end(JSON.stringify({ pages, ends: ends.size, again }))
      const text = Buffer.concat(chunks).toString()
      if (path === '/ended') end((JSON.parse(text) as { data: { id: string } }).data.id)
      else if (path === '/status') {
        if (/CallStatus=(?!queued|initiated|ringing|in-progress)/.test(text)) end(/CallSid=([^&]+)/.exec(text)?.[1] ?? '')
      } else return page(path, response)
      response.end()
    })
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
}

if (process.argv[1] === import.meta.filename && process.argv[2] === 'scripts') serveScripts()
