// A face without a server: a store of its own with what a first start makes, and requests as plain data. For tests of
// one dialect; proofs over sockets stand in conformance/.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstStart } from '../src/accounts/first-start.ts'
import { Identity } from '../src/accounts/identity.ts'
import { Lockouts } from '../src/accounts/lockouts.ts'
import { Rates } from '../src/accounts/rates.ts'
import { Tokens } from '../src/accounts/tokens.ts'
import type { Caller } from '../src/accounts/caller.ts'
import { nativeKeyForm } from '../src/accounts/credential-form.ts'
import type { Dialect, FaceParts } from '../src/operations/face-parts.ts'
import { openFace, type ToldRefusal } from '../src/operations/knock.ts'
import type { Operation } from '../src/operations/operation.ts'
import { openDoor } from '../src/operations/run.ts'
import { Journal } from '../src/journal/journal.ts'
import { messagingOver } from './messaging.ts'
import type { HttpAnswer } from '../src/protocols/http/exchange.ts'
import { openStore } from '../src/store/open-store.ts'
import { noHandsetCalls } from '#voice/handset-calls.ts'
import { systemClock, type Clock } from '../src/values/clock.ts'
import { idSource } from '../src/values/ids.ts'
import { Key } from '../src/values/secrets.ts'

export interface HarnessAsk {
  readonly method?: string
  /** With its query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Text and bytes go as they are, pairs as a form, any other object as JSON. Content-Type and -Length are added. */
  readonly body?: string | Uint8Array | URLSearchParams | object
  readonly secure?: boolean
  readonly source?: string
}

export interface HarnessAnswer extends HttpAnswer {
  readonly text: string
  /** The body read as JSON, or undefined when it is not. */
  readonly json: any
}

export interface FaceHarness {
  readonly parts: FaceParts
  readonly credentials: any
  /** What the face told its refusals as. */
  readonly told: ToldRefusal[]
  /** Faults of ours that came up. */
  readonly faults: unknown[]
  /** The sandbox account's administrator and the operator, as callers of operations. */
  readonly sandbox: Caller
  readonly operator: Caller
  ask(ask: HarnessAsk): Promise<HarnessAnswer>
  run(operation: Operation<any, any>, caller: Caller, input: unknown): Promise<any>
  close(): Promise<void>
}

export interface HarnessOptions {
  readonly url?: string
  readonly clock?: Clock
  readonly helpLinks?: string
  readonly options?: Readonly<Record<string, string | number | boolean>>
  /** Yes unless told. */
  readonly canSendEmail?: boolean
}

export async function openHarness(
  dialect: Dialect,
  { url, clock = systemClock, helpLinks, options = {}, canSendEmail = true }: HarnessOptions = {},
): Promise<FaceHarness> {
  const dataDir = mkdtempSync(join(tmpdir(), 'offhook-face-'))
  const store = await openStore({ dataDir, clock, url, writesModule: new URL('./fakes/store-writes.ts', import.meta.url).href })
  const key = new Key('5'.repeat(64))
  const nextId = idSource(clock)
  const first = await firstStart(store, clock, nextId)
  if (!first) throw new Error('the store was not empty')
  const lockouts = new Lockouts(store, clock)
  const identity = new Identity(store, clock, lockouts)
  const credentialForms = new Map([nativeKeyForm, dialect.form].map((form) => [form.face, form]))
  const journal = new Journal({ level: 'silent', clock })
  const over = messagingOver({ store, clock, key, nextId, journal, dataDir })
  const { messaging, carriers, loopback } = over.built
  const { fetch } = over.outgoing
  const run = openDoor({
    store,
    messaging,
    carriers,
    router: over.built.router,
    voice: over.voice,
    handsets: loopback,
    handsetCalls: noHandsetCalls,
    fetch,
    webhooks: over.webhooks.webhooks,
    credentialForms,
    nextId,
    clock,
    key,
    diskNearlyFull: () => false,
    canSendEmail: () => canSendEmail,
  })
  const parts: FaceParts = {
    run,
    identity,
    tokens: new Tokens(store, clock, nextId),
    rates: new Rates(store, clock),
    lockouts,
    store,
    key,
    clock,
    nextId,
    fetch,
    settings: { publicUrl: () => 'http://127.0.0.1:8080', helpLinks: () => helpLinks, options: () => options },
  }
  const told: ToldRefusal[] = []
  const faults: unknown[] = []
  const face = openFace(dialect.open(parts), { told: (one) => told.push(one), fault: (error) => faults.push(error) })
  const credentials = await dialect.firstCredentials(parts, first.sandbox)
  const callerOf = async (userId: number) => (await identity.byUserId(dialect.form.face, userId))!

  return {
    parts,
    credentials,
    told,
    faults,
    sandbox: await callerOf(first.sandbox.userId),
    operator: await callerOf(first.operator.userId),
    async ask({ method = 'GET', path, headers = {}, body, secure = false, source = '127.0.0.1' }) {
      const { bytes, type } = bytesOf(body)
      const mark = path.indexOf('?')
      const answer = await face.answer({
        method,
        path: mark < 0 ? path : path.slice(0, mark),
        query: mark < 0 ? '' : path.slice(mark + 1),
        headers: {
          ...(body !== undefined && { 'content-length': String(bytes.length), ...(type && { 'content-type': type }) }),
          ...headers,
        },
        body: bytes,
        source,
        secure,
        receivedAtMs: clock.nowMs(),
        traceId: '0'.repeat(31) + '1',
      })
      const text = answer.body.toString()
      return { ...answer, text, json: readJson(text) }
    },
    run: (operation, caller, input) => run(operation, caller, input),
    async close() {
      await over.close()
      await store.noted()
      await store.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function bytesOf(body: HarnessAsk['body']): { bytes: Buffer; type?: string } {
  if (body === undefined) return { bytes: Buffer.alloc(0) }
  if (body instanceof URLSearchParams) return { bytes: Buffer.from(body.toString()), type: 'application/x-www-form-urlencoded' }
  if (typeof body === 'string') return { bytes: Buffer.from(body) }
  if (body instanceof Uint8Array) return { bytes: Buffer.from(body) }
  return { bytes: Buffer.from(JSON.stringify(body)), type: 'application/json' }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
