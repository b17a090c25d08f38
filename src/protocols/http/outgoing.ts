// Requests of ours to addresses that somebody else chose: webhooks, scripts, media. Where it may go is checked at each
// hop, and the connection is pinned to what was checked; time and size are bounded; what goes wrong is a value, not thrown.
// Keeps connections open per origin. Follows no redirect unless asked, sends no cookies, knows no proxies and no HTTP/2.

import { Pool, type Dispatcher } from 'undici'
import type { Clock, Timer } from '#values/clock.ts'
import { AllowList } from './outgoing-addresses.ts'
import { decoded } from './outgoing-encoding.ts'
import { CheckedNames, lookupName, type NameLookup, type Verdict } from './outgoing-names.ts'

export interface OutgoingLimits {
  /** From the call to its result, redirects and names included. */
  readonly totalMs: number
  readonly connectMs: number
  /** From the request sent to the head of its answer. */
  readonly headersMs: number
  /** Of the answer's body, also after it is decompressed. */
  readonly maxBytes: number
}

export interface OutgoingRequest {
  readonly method: string
  /** Absolute, http or https. User and password in it are sent as Basic credentials. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer | null
  readonly limits?: Partial<OutgoingLimits>
  /** Loopback addresses are allowed: for the sandbox account. */
  readonly loopback?: boolean
  /** Hops to follow, 3 at most; 0 unless told: then a redirect is the answer. */
  readonly redirects?: number
  /** When the body is too long or too slow, what has come is the answer. Without it that is a failure. */
  readonly cut?: boolean
}

export type OutgoingFault =
  | 'refused_address'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'too_large'
  | 'protocol'
  | 'too_many_redirects'

export interface OutgoingAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Buffer
  /** True when the body goes on beyond what is here. */
  readonly isCut: boolean
  readonly tookMs: number
  /** Checked before it was connected to; the first where a name has several. */
  readonly address: string
  /** Of the last hop. */
  readonly url: string
}

export interface OutgoingFailure {
  readonly failed: { readonly kind: OutgoingFault; readonly detail: string }
  readonly tookMs: number
  readonly address: string
}

export type FetchGuarded = (request: OutgoingRequest) => Promise<OutgoingAnswer | OutgoingFailure>

export interface OutgoingParts {
  readonly clock: Clock
  readonly userAgent: string
  /** Addresses, CIDR blocks and names that may be reached though they are not public. */
  readonly allow: readonly string[]
  readonly lookup?: NameLookup
  /** Certificates trusted instead of the usual ones. */
  readonly ca?: string
}

export const usualLimits: OutgoingLimits = { totalMs: 15_000, connectMs: 5_000, headersMs: 10_000, maxBytes: 64 * 1024 }

const redirectsAtMost = 3
const redirectStatus = new Set([301, 302, 303, 307, 308])
/** How finely limits of time are kept: one timer for all requests under way. */
const tickMs = 50
const poolIdleMs = 60_000
const poolsAtMost = 500

export function isFailure(result: OutgoingAnswer | OutgoingFailure): result is OutgoingFailure {
  return 'failed' in result
}

/** A URL as it may be shown and kept: without user and password. */
export function shownUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1')
}

interface KeptPool {
  readonly pool: Pool
  usedMs: number
  running: number
}

export class Outgoing {
  readonly #clock: Clock
  readonly #parts: OutgoingParts
  readonly #names: CheckedNames
  readonly #pools = new Map<string, KeptPool>()
  readonly #running = new Set<Exchange>()
  #timer: Timer | undefined
  #closed = false

  /** Throws a TypeError when an entry of `allow` is none. */
  constructor(parts: OutgoingParts) {
    this.#parts = parts
    this.#clock = parts.clock
    this.#names = new CheckedNames(parts.clock, parts.lookup ?? lookupName, new AllowList(parts.allow))
  }

  setAllow(entries: readonly string[]): void {
    this.#names.setAllow(new AllowList(entries))
  }

  /** Never rejects: whatever happens out there is a result. */
  readonly fetch: FetchGuarded = async (request) => {
    const startMs = this.#clock.elapsedMs()
    const limits = { ...usualLimits, ...request.limits }
    let hop: Hop = { method: request.method, url: request.url, headers: request.headers ?? {}, body: request.body ?? null }
    const hops = Math.min(request.redirects ?? 0, redirectsAtMost)
    for (let followed = 0; ; followed += 1) {
      const result = await this.#hop(hop, request, limits, startMs)
      if (isFailure(result) || hops === 0 || !redirectStatus.has(result.status)) return result
      const next = nextHop(hop, result)
      if (!next) return result
      if (followed === hops) return this.#failed(startMs, 'too_many_redirects', `more than ${hops}`, result.address)
      hop = next
    }
  }

  async #hop(hop: Hop, request: OutgoingRequest, limits: OutgoingLimits, startMs: number) {
    const url = URL.parse(hop.url)
    if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
      return this.#failed(startMs, 'protocol', 'neither http nor https')
    const found = this.#names.check(url.hostname, request.loopback ?? false)
    const verdict = found instanceof Promise ? await this.#inTime(found, startMs + limits.totalMs) : found
    if (!verdict) return this.#failed(startMs, 'timeout', 'name')
    if ('refused' in verdict) return this.#failed(startMs, verdict.refused, verdict.detail)
    if (this.#closed) return this.#failed(startMs, 'connect', 'shutting down')
    const kept = this.#poolOf(url, verdict)
    kept.running += 1
    const head = headersOf(url, hop.headers, this.#parts.userAgent)
    const exchange = new Exchange(this.#clock, limits, startMs, request.cut ?? false)
    this.#running.add(exchange)
    this.#timer ??= this.#clock.every(tickMs, () => this.#tick())
    const options = {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: hop.method,
      headers: head,
      body: hop.body,
    }
    let end: End
    try {
      kept.pool.dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 } as Dispatcher.DispatchOptions, exchange)
      end = await exchange.ended
    } catch (cause) {
      // Such as a header that HTTP does not allow.
      end = { kind: 'protocol', detail: String((cause as Error).message) }
    }
    this.#running.delete(exchange)
    kept.running -= 1
    kept.usedMs = this.#clock.elapsedMs()
    const address = verdict.addresses[0]!
    if ('kind' in end) return this.#failed(startMs, end.kind, end.detail, address)
    const body = await decoded(end.body, end.isCut ? undefined : end.headers['content-encoding'], limits.maxBytes)
    if ('kind' in body) return this.#failed(startMs, body.kind, body.detail, address)
    return { ...end, body: body.bytes, tookMs: this.#took(startMs), address, url: shownUrl(hop.url) }
  }

  #took = (startMs: number): number => Math.round(this.#clock.elapsedMs() - startMs)

  #failed(startMs: number, kind: OutgoingFault, detail: string, address = ''): OutgoingFailure {
    return { failed: { kind, detail }, tookMs: this.#took(startMs), address }
  }

  async #inTime<T>(promise: Promise<T>, untilMs: number): Promise<T | undefined> {
    let timer: Timer | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = this.#clock.after(Math.max(0, untilMs - this.#clock.elapsedMs()), () => resolve(undefined))
    })
    return Promise.race([promise, late]).finally(() => timer?.cancel())
  }

  /** One pool for an origin at the addresses that were checked: another address is another pool. */
  #poolOf(url: URL, verdict: Extract<Verdict, { key: string }>): KeptPool {
    const key = `${url.origin} ${verdict.key}`
    let kept = this.#pools.get(key)
    if (!kept) {
      if (this.#pools.size >= poolsAtMost) this.#dropIdle(0)
      const { ca } = this.#parts
      const connect = {
        lookup: verdict.pinned,
        timeout: usualLimits.connectMs * 4,
        allowH2: false,
        ...(ca !== undefined && { ca }),
      }
      const pool = new Pool(url.origin, { connect: connect as never, pipelining: 1, allowH2: false, maxHeaderSize: 16 * 1024 })
      kept = { pool, usedMs: this.#clock.elapsedMs(), running: 0 }
      this.#pools.set(key, kept)
    }
    return kept
  }

  #dropIdle(idleMs: number): void {
    const before = this.#clock.elapsedMs() - idleMs
    for (const [key, kept] of this.#pools) {
      if (kept.running > 0 || kept.usedMs > before) continue
      this.#pools.delete(key)
      void kept.pool.destroy().catch(() => {})
    }
  }

  #tick(): void {
    const now = this.#clock.elapsedMs()
    for (const exchange of this.#running) exchange.watch(now)
    if (this.#running.size > 0) return
    this.#dropIdle(poolIdleMs)
    if (this.#pools.size > 0) return
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map(({ pool }) => pool.destroy().catch(() => {})))
  }
}

interface Hop {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | null
}

type Answered = Pick<OutgoingAnswer, 'status' | 'headers' | 'body' | 'isCut'>
type Fault = { readonly kind: OutgoingFault; readonly detail: string }
type End = Answered | Fault

/** One request on its way, as undici tells of it. */
class Exchange {
  readonly ended: Promise<End>
  readonly #clock: Clock
  readonly #limits: OutgoingLimits
  readonly #cut: boolean
  readonly #untilMs: number
  #phase: 'connect' | 'headers' | 'body' = 'connect'
  #phaseMs: number
  #controller: Dispatcher.DispatchController | undefined
  #resolve: ((end: End) => void) | undefined
  #status = 0
  #headers: Answered['headers'] = {}
  #chunks: Buffer[] = []
  #size = 0

  constructor(clock: Clock, limits: OutgoingLimits, startMs: number, cut: boolean) {
    this.#clock = clock
    this.#limits = limits
    this.#cut = cut
    this.#untilMs = startMs + limits.totalMs
    this.#phaseMs = clock.elapsedMs()
    this.ended = new Promise((resolve) => (this.#resolve = resolve))
  }

  #end(end: End): void {
    if (!this.#resolve) return
    this.#resolve(end)
    this.#resolve = undefined
    this.#chunks = []
  }

  #give(end: End): void {
    this.#end(end)
    this.#controller?.abort(new Error('given up'))
  }

  watch(nowMs: number): void {
    const phase = this.#phase
    const { connectMs, headersMs } = this.#limits
    const phaseLimit = phase === 'connect' ? connectMs : phase === 'headers' ? headersMs : Number.MAX_SAFE_INTEGER
    if (nowMs < this.#untilMs && nowMs - this.#phaseMs < phaseLimit) return
    if (phase === 'body' && this.#cut) this.#give(this.#answer(true))
    else this.#give({ kind: 'timeout', detail: phase })
  }

  #answer(isCut: boolean): Answered {
    return { status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks), isCut }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // Given up before there was a connection: it must not be sent after all.
    if (!this.#resolve) controller.abort(new Error('given up'))
    this.#phase = 'headers'
    this.#phaseMs = this.#clock.elapsedMs()
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return
    this.#phase = 'body'
    this.#status = status
    this.#headers = headers as Answered['headers']
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    const room = this.#limits.maxBytes - this.#size
    this.#size += chunk.length
    this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk)
    if (chunk.length <= room) return
    this.#give(this.#cut ? this.#answer(true) : { kind: 'too_large', detail: `more than ${this.#limits.maxBytes} bytes` })
  }

  onResponseEnd(): void {
    this.#end(this.#answer(false))
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#phase === 'body' && this.#cut) this.#end(this.#answer(true))
    else this.#end(faultOf(error, this.#phase))
  }
}

const tlsCodes =
  /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|EPROTO|INVALID_CA|INVALID_PURPOSE)/

function faultOf(error: Error, phase: string): Fault {
  // Several addresses were tried, and each failed.
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error
  const code = String((first as NodeJS.ErrnoException).code ?? '')
  if (tlsCodes.test(code)) return { kind: 'tls', detail: code }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return { kind: 'timeout', detail: 'connect' }
  if (
    /^(?:HPE_|UND_ERR_(?:HEADERS_OVERFLOW|RESPONSE|RES_|REQ_|INVALID_ARG|NOT_SUPPORTED))/.test(code) ||
    first.name === 'HTTPParserError'
  )
    return { kind: 'protocol', detail: code || 'not HTTP' }
  const detail = code === 'UND_ERR_SOCKET' ? 'closed without an answer' : code || first.message
  return { kind: phase === 'body' ? 'protocol' : 'connect', detail }
}

function headersOf(url: URL, given: Readonly<Record<string, string>>, userAgent: string): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) headers[name.toLowerCase()] = value
  headers['user-agent'] ??= userAgent
  headers['accept-encoding'] ??= 'identity'
  // RFC 3986 3.2.1: they are percent-encoded there.
  if (url.username !== '' || url.password !== '') {
    const pair = `${unescapedUser(url.username)}:${unescapedUser(url.password)}`
    headers['authorization'] ??= `Basic ${Buffer.from(pair).toString('base64')}`
  }
  return headers
}

function unescapedUser(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Undefined when the answer does not say where to; then it is the answer. */
function nextHop(hop: Hop, answer: OutgoingAnswer): Hop | undefined {
  const { location } = answer.headers
  const url = typeof location === 'string' ? URL.parse(location, hop.url) : null
  if (!url) return undefined
  const { status } = answer
  // RFC 9110 15.4: 303 becomes GET, and 301 and 302 do so by long custom after a POST.
  const becomesGet = status === 303 || (hop.method === 'POST' && status < 303)
  const elsewhere = url.origin !== new URL(hop.url).origin
  const dropped = (name: string): boolean =>
    (elsewhere && /^(?:authorization|cookie)$/.test(name)) || (becomesGet && name.startsWith('content-'))
  const headers = Object.fromEntries(Object.entries(hop.headers).filter(([name]) => !dropped(name.toLowerCase())))
  return { method: becomesGet ? 'GET' : hop.method, url: url.href, headers, body: becomesGet ? null : hop.body }
}
