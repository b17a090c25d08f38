// A stage for scripts: live calls over legs without SIP and streams without sound, pages that a test writes as verbs, a clock that is moved
// by hand, a store that keeps what it was told. Everything that is asked of the outside is kept and can be looked at.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accountFrom } from '#accounts/account.ts'
import type { FetchGuarded, OutgoingAnswer, OutgoingFailure, OutgoingRequest } from '#protocols/http/outgoing.ts'
import { refuse, refusal, type Refusal } from '#reasons/refusal.ts'
import { freshCall, type CallRow } from '#store/calls.ts'
import type { Store } from '#store/store.ts'
import { handClock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { Key } from '#values/secrets.ts'
import type { CallWish, ParentCall } from '#voice/call-wish.ts'
import { Conferences } from '#voice/conferences.ts'
import { LiveCall } from '#voice/live-call.ts'
import { Recordings } from '#voice/recordings.ts'
import { ScriptRun } from '#voice/run-script.ts'
import type { Occasion, ScriptForm } from '#voice/script-form.ts'
import type { ReferTold, ScriptParts, ScriptTrouble } from '#voice/script-parts.ts'
import type { Page, Verb } from '#voice/verbs/verb.ts'
import { FakeLeg } from './fake-leg.ts'
import { FakePlace, type FakeStream } from './fake-media.ts'

export type PageAnswer = readonly Verb[] | string | number | OutgoingFailure['failed']
/** One answer, or one for each time that it is asked, the last one for all that come after. */
export type Pages = Record<string, PageAnswer | { readonly turns: readonly PageAnswer[] }>

export interface StageCall {
  readonly call: LiveCall
  readonly leg: FakeLeg
  /** Of the called ones: what was wished for. */
  readonly wish?: CallWish
}

export const page = (name: string): Page => ({ url: `http://app.example/${name}`, method: 'POST' })

const account = accountFrom([
  {
    id: 1,
    parent_id: null,
    path: '/1/',
    depth: 0,
    name: 'account',
    status: 'active',
    kind: 'full',
    settings: '{}',
    created_ms: 0,
    updated_ms: 0,
    version: 1,
  },
])

export class ScriptStage {
  readonly clock = handClock()
  readonly place = new FakePlace()
  pages: Pages = {}
  /** Requests, and the occasions that they were made for, in order. */
  readonly requests: OutgoingRequest[] = []
  readonly occasions: Occasion[] = []
  readonly troubles: ScriptTrouble[] = []
  readonly faults: unknown[] = []
  readonly writes: { readonly name: string; readonly input: any }[] = []
  readonly called: StageCall[] = []
  readonly sent: Verb[] = []
  readonly refers: ReferTold[] = []
  /** By a number, login or URI: why it is refused before there is a leg. */
  readonly unplaceable = new Map<string, Refusal>()
  clipsFail: Refusal | undefined
  messageFails: Refusal | undefined
  referPage: Page | undefined
  form: ScriptForm
  readonly recordings: Recordings
  readonly conferences: Conferences
  readonly #turns = new Map<string, number>()
  readonly #nextId = idSource(this.clock)

  /** Its store only keeps what it is told, unless another is given. */
  constructor(form: Partial<ScriptForm> = {}, given?: Store) {
    this.form = { ...jsonForm(this.occasions), ...form }
    const kept = {
      write: async (write: { name: string }, input: unknown) => this.#written(write.name, input),
      // Nothing is reserved.
      one: () => undefined,
    } as unknown as Store
    const store = given ?? kept
    const fault = (error: unknown): void => void this.faults.push(error)
    const { clock } = this
    const nextId = this.#nextId
    const publicUrl = (): string => 'http://offhook.test'
    const dataDir = mkdtempSync(join(tmpdir(), 'offhook-stage-'))
    this.recordings = new Recordings({ store, clock, nextId, key: new Key('ab'.repeat(32)), dataDir, publicUrl, fault })
    this.conferences = new Conferences({ store, clock, nextId, node: 'node', recordings: this.recordings, fault })
  }

  #written(name: string, input: any): unknown {
    this.writes.push({ name, input })
    if (name === 'conferences.open') return { row: input.row, isNew: true }
    return input.row ? { row: input.row } : true
  }

  get parts(): ScriptParts {
    return {
      clock: this.clock,
      forms: new Map([['test', this.form]]),
      fetch: this.#fetch,
      loopback: () => false,
      clips: async (_, audio) => {
        if (this.clipsFail) throw this.clipsFail
        return audio.map((one, at) => ({ kind: 'pcm', path: `${one.kind} ${at}`, rateHz: 8000 }))
      },
      listen: () => refuse('speech.no_provider'),
      place: async (wish) => this.#place(wish),
      service: async () => refuse('application.not_found', {}),
      diverted: async () => undefined,
      recordings: this.recordings,
      conferences: this.conferences,
      sendMessage: async (_, verb) => {
        if (this.messageFails) throw this.messageFails
        this.sent.push(verb)
        return 77
      },
      sendEmail: async (_, verb) => void this.sent.push(verb),
      deleteFile: async (_, name) => void this.sent.push({ verb: 'deleteFile', name }),
      referPage: async () =>
        this.referPage ? { face: 'test', page: this.referPage } : refuse('number.not_bound', { number: '+1', context: 'Refer' }),
      isDialogElsewhere: async () => false,
      dialog: (_, replaces) => this.called.find(({ leg }) => leg.ref === `sip:${replaces}`)?.call,
      callOf: (_, id) => this.called.find(({ call }) => call.id === id && !call.over)?.call,
      referred: async (_, told) => void this.refers.push(told),
      asked: () => {},
      trouble: (_, trouble) => void this.troubles.push(trouble),
      fault: (_, error) => {
        this.faults.push(error)
        return refusal('platform.internal_error')
      },
    }
  }

  readonly #fetch: FetchGuarded = async (request) => {
    this.requests.push(request)
    const name = new URL(request.url).pathname.slice(1)
    const at = this.#turns.get(name) ?? 0
    this.#turns.set(name, at + 1)
    const given = this.pages[name] ?? 404
    const answer = typeof given === 'object' && 'turns' in given ? (given.turns[at] ?? given.turns.at(-1)!) : given
    if (typeof answer === 'object' && 'kind' in answer) return { failed: answer, tookMs: 5, address: '' }
    const status = typeof answer === 'number' ? answer : 200
    const text = typeof answer === 'string' ? answer : JSON.stringify(typeof answer === 'number' ? [] : answer)
    const headers: OutgoingAnswer['headers'] = { 'content-type': 'application/json' }
    return { status, headers, body: Buffer.from(text), isCut: false, tookMs: 5, address: '192.0.2.1', url: request.url }
  }

  #make(
    direction: 'in' | 'out',
    from: string,
    to: string,
    place: FakePlace,
    parent?: ParentCall,
    wish?: CallWish,
    why?: Refusal,
  ): StageCall {
    const id = this.#nextId()
    const now = this.clock.nowMs()
    const row: CallRow = {
      ...freshCall,
      id,
      session_id: parent?.sessionId ?? id,
      parent_id: parent?.id ?? null,
      account_id: 1,
      direction,
      origin: parent ? 'dial' : 'inbound',
      face: 'test',
      caller: from,
      called: to,
      state: 'queued',
      node: 'node',
      currency: 'USD',
      client_ref: '',
      callback: null,
      detail: '{}',
      created_ms: now,
      updated_ms: now,
    }
    const parts = {
      clock: this.clock,
      book: { write: async () => 'done' } as never,
      media: { place: () => place },
      over: () => {},
    }
    const call = new LiveCall(parts, row, account, parent)
    const leg = new FakeLeg(id, direction, place)
    leg.tells(call.news)
    if (why) call.hangUp(why, 'platform')
    else call.connect(leg)
    return { call, leg, ...(wish && { wish }) }
  }

  incoming(from = '+15550100', place = this.place): StageCall {
    return this.#make('in', from, '+15550199', place)
  }

  #place(wish: CallWish): LiveCall {
    const { to } = wish
    const name = to.kind === 'number' ? to.number : to.kind === 'client' ? to.login : to.uri
    const why = this.unplaceable.get(name)
    const made = this.#make('out', wish.from, name, this.place, wish.parent, wish, why)
    if (why) return made.call
    this.called.push(made)
    return made.call
  }

  run(call: LiveCall, first: string, more: { readonly fallback?: string; readonly verbs?: readonly Verb[] } = {}): ScriptRun {
    const { fallback, verbs } = more
    const start = { face: 'test', page: page(first), ...(fallback && { fallback: page(fallback) }), ...(verbs && { verbs }) }
    const run = new ScriptRun(this.parts, call, start)
    void run.run()
    return run
  }

  /** An incoming call whose script is at its first page, and has gone on as far as it can without anybody doing something. */
  async opened(
    verbs: readonly Verb[],
    more: Pages = {},
  ): Promise<StageCall & { readonly stream: FakeStream; readonly run: ScriptRun }> {
    this.pages = { start: verbs, ...more }
    const { call, leg } = this.incoming()
    const run = this.run(call, 'start')
    await settled()
    return { call, leg, run, stream: leg.stream! }
  }

  /** The last result that a page was asked with. */
  get result(): any {
    const found = this.occasions.findLast((one) => one.type === 'result')
    return found?.type === 'result' ? found.result : undefined
  }

  get reasons(): string[] {
    return this.troubles.map(({ refusal: { reason } }) => reason)
  }

  told(name: string): any[] {
    return this.writes.filter((one) => one.name === name).map(({ input }) => input)
  }
}

/** Whatever can go on by itself has done so. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

function jsonForm(occasions: Occasion[]): ScriptForm {
  return {
    face: 'test',
    request({ url, method }, occasion) {
      occasions.push(occasion)
      return { method, url, headers: {}, body: JSON.stringify(occasion) }
    },
    read({ body }) {
      const text = body.toString()
      if (!text.startsWith('[')) refuse('markup.error', { fault: 'no verbs', line: 1, column: 1 })
      return { verbs: JSON.parse(text) as Verb[], warnings: [] }
    },
  }
}
