// One function for each happening worth a line: log line, counter and trace id together, so that they cannot drift.
// A line is one JSON object on stderr. Numbers are masked, bodies and secrets never logged, metrics never labelled by number or account.

import { pino, type DestinationStream, type Logger } from 'pino'
import type { Clock } from '#values/clock.ts'
import { LineWriter } from './line-writer.ts'
import { maskText } from './mask.ts'
import { CallFigures } from './call-figures.ts'
import { addProcessFigures, Metrics, type Cell, type Counter, type MetricRow } from './metrics.ts'
import { RequestFigures } from './request-figures.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface JournalOptions {
  readonly level: LogLevel
  readonly clock: Clock
  /** Where lines go; stderr if not given. */
  readonly stream?: DestinationStream
}

export interface RefusalLine {
  readonly face: string
  /** The slug. */
  readonly reason: string
  readonly errorId: string
  readonly traceId: string
  readonly source?: string | undefined
  readonly operation?: string | undefined
  readonly account?: number | undefined
  readonly evidence?: string | undefined
}

/** Refusals beyond this many a second are counted but not written, so that strangers cannot fill the disk. */
const refusalLinesPerSecond = 100

const repeatedFaultMs = 10_000

export class Journal {
  readonly #metrics = new Metrics()
  readonly #log: Logger
  readonly #clock: Clock
  readonly #flush: () => void

  readonly #requests = new RequestFigures(this.#metrics)
  readonly #calls = new CallFigures(this.#metrics)
  readonly #refusals = this.#counter('offhook_refusals_total', 'Refusals, by reason.', ['face', 'reason'])
  readonly #faults = this.#counter('offhook_faults_total', 'Faults of our own.', [])
  readonly #loopItems = this.#counter('offhook_loop_items_total', 'Items that a loop settled.', ['loop'])
  readonly #webhooks = this.#counter('offhook_webhooks_total', 'Webhook deliveries that ended.', ['outcome', 'reason'])
  /** By loop: the fault told last. */
  readonly #failing = new Map<string, { message: string; toldMs: number; untold: number }>()
  readonly #loopFaults = this.#counter('offhook_loop_faults_total', 'Rounds of a loop that failed.', ['loop'])
  readonly #commits = this.#counter('offhook_store_writes_total', 'Writes committed, by name.', ['write'])
  readonly #certificates = this.#counter('offhook_certificate_reloads_total', 'Certificates read again.', ['outcome'])
  #diskFreeBytes = 0

  /** Looking a counter up by its labels costs more than counting; these are looked up already. */
  readonly #refusalCells = new Map<string, Cell>()
  #windowMs = 0
  #linesInWindow = 0
  #linesLeftOut = 0

  constructor(options: JournalOptions) {
    this.#clock = options.clock
    if (options.stream) {
      this.#log = pino({ level: options.level, base: null, serializers: {} }, options.stream)
      this.#flush = () => undefined
    } else {
      const stderr = new LineWriter(2, options.clock)
      this.#log = pino({ level: options.level, base: null, serializers: {} }, stderr)
      this.#flush = () => stderr.flush()
    }
    this.gauge('offhook_disk_free_bytes', 'Free bytes under the data directory.', () => this.#diskFreeBytes)
    addProcessFigures(this.#metrics)
  }

  setLevel(level: LogLevel): void {
    this.#log.level = level
  }

  flush(): void {
    this.#flush()
  }

  /** The text of `GET /metrics` and its content type. */
  async metrics(): Promise<{ type: string; text: string }> {
    return { type: this.#metrics.contentType, text: this.#metrics.text() }
  }

  /** A figure that is read when metrics are asked for. */
  gauge(name: string, help: string, read: () => number): void {
    this.#metrics.gauge(name, help, read)
  }

  /** One figure for each of some things, such as trunks. */
  gauges(name: string, help: string, rows: () => readonly MetricRow[]): void {
    this.#metrics.add(name, { help, type: 'gauge', rows })
  }

  started(urls: readonly string[], version: string, durationMs: number): void {
    this.#log.info({ urls, version, node: process.versions.node, durationMs: Math.round(durationMs) }, 'started')
  }

  smppAddressTaken(address: string): void {
    this.#log.warn({ address }, 'smpp address taken')
  }

  sipAddressTaken(address: string): void {
    this.#log.warn({ address }, 'sip address taken')
  }

  /** Scanners, wrong passwords, locked sources. */
  sipKnock(why: string, source: string): void {
    this.#log.debug({ why, source }, 'sip request not served')
  }

  /** Too many for a line each: counted only. */
  callBegan(direction: string): void {
    this.#calls.began(direction)
  }

  /** `kind`: the class of its reason. */
  callEnded(direction: string, kind: string, rangAfterMs: number | undefined): void {
    this.#calls.ended(direction, kind, rangAfterMs)
  }

  /** The operator's decision point said neither yes nor no, and what it was asked about is done all the same. */
  policyNotAsked(kind: string, account: number, evidence: string): void {
    this.#log.warn({ kind, account, evidence }, 'policy not decided')
  }

  scriptFailed(account: number, call: number, reason: string, errorId: string): void {
    this.#log.info({ account, call, reason, errorId }, 'script failed')
  }

  /** Where its fellows reach it over SIP, and under which name they see it. */
  nodeReachable(node: string, sip: string): void {
    this.#log.info({ node, sip }, 'node reachable')
  }

  /** It was taken for dead, and what it had is closed by this one. */
  nodeDied(node: string): void {
    this.#log.warn({ node }, 'node died')
  }

  stopping(why: string): void {
    this.#log.info({ why }, 'stopping')
  }

  stopped(durationMs: number): void {
    this.#log.info({ durationMs: Math.round(durationMs) }, 'stopped')
    this.#flush()
  }

  settingsReloaded(changed: readonly string[]): void {
    this.#log.info({ changed }, 'settings reloaded')
  }

  /** What was wrong with the new settings; the old ones stay. */
  settingsKept(faults: readonly string[]): void {
    this.#log.warn({ faults }, 'settings kept, the new ones are wrong')
  }

  requestAnswered(face: string, method: string, status: number, durationMs: number, traceId: string): void {
    this.#requests.add(face, method, status, durationMs)
    if (this.#log.isLevelEnabled('debug')) this.#log.debug({ face, method, status, durationMs, traceId }, 'request answered')
  }

  requestRefused(line: RefusalLine): void {
    this.#countRefusal(line.face, line.reason)
    this.#writeRefusal(
      { ...line, evidence: line.evidence === undefined ? undefined : maskText(line.evidence) },
      'request refused',
    )
  }

  /** Before any face was known: the bytes were no request. */
  connectionRefused(reason: string, source: string, errorId: string): void {
    this.#countRefusal('', reason)
    this.#writeRefusal({ reason, source, errorId }, 'connection refused')
  }

  /** A bug or a broken dependency: the one place where it is told in full. */
  faultFound(cause: unknown, errorId: string, traceId = ''): void {
    this.#faults.inc()
    this.#log.error({ errorId, traceId, fault: describeFault(cause) }, 'fault found')
    this.#flush()
  }

  loopRan(loop: string, items: number, durationMs: number): void {
    if (items > 0) this.#loopItems.labels(loop).inc(items)
    this.#log.trace({ loop, items, durationMs }, 'loop ran')
  }

  /** The same fault again and again, as of a database that is gone, is told every ten seconds with how often it was. */
  loopFailed(loop: string, cause: unknown): void {
    this.#loopFaults.labels(loop).inc()
    const message = cause instanceof Error ? cause.message : String(cause)
    const nowMs = this.#clock.elapsedMs()
    const before = this.#failing.get(loop)
    if (before?.message === message && nowMs - before.toldMs < repeatedFaultMs) {
      before.untold += 1
      return
    }
    const repeated = before?.message === message ? before.untold : 0
    this.#failing.set(loop, { message, toldMs: nowMs, untold: 0 })
    this.#log.error({ loop, ...(repeated > 0 && { repeated }), fault: describeFault(cause) }, 'loop failed')
  }

  /** Receipts from carriers that no message was found for within the time. */
  receiptsUnmatched(n: number): void {
    this.#log.warn({ receipts: n }, 'receipts for no known message')
  }

  /** A received message that nobody is told of, as its number is bound to what is not there or cannot be used. */
  inboundUnserved(account: number, message: number, reason: string): void {
    this.#log.warn({ account, message, reason }, 'a received message is told to nobody')
  }

  /** Delivered, failed or canceled, with why. */
  webhookEnded(outcome: string, reason: string | null): void {
    this.#webhooks.labels(outcome, reason ?? '').inc()
  }

  /** A server that fails is left alone for so long. */
  webhookCircuitOpened(host: string, reason: string | null, openMs: number): void {
    this.#log.info({ host, reason, openMs: Math.round(openMs) }, 'webhook circuit opened')
  }

  storeChanged(write: string): void {
    this.#commits.labels(write).inc()
  }

  storeMigrated(from: number, to: number, backup: string | undefined): void {
    this.#log.info({ from, to, backup }, 'store migrated')
  }

  certificateReloaded(certFile: string): void {
    this.#certificates.labels('reloaded').inc()
    this.#log.info({ certFile }, 'certificate reloaded')
  }

  certificateKept(certFile: string, cause: unknown): void {
    this.#certificates.labels('kept').inc()
    this.#log.error({ certFile, fault: describeFault(cause) }, 'certificate kept, the new one cannot be used')
  }

  diskMeasured(freeBytes: number): void {
    this.#diskFreeBytes = freeBytes
  }

  diskNearlyFull(freeBytes: number, reserveBytes: number): void {
    this.#log.error({ freeBytes, reserveBytes }, 'disk nearly full, new work is refused')
  }

  diskHasRoom(freeBytes: number, reserveBytes: number): void {
    this.#log.info({ freeBytes, reserveBytes }, 'disk has room again')
  }

  diskNotMeasured(cause: unknown): void {
    this.#log.error({ fault: describeFault(cause) }, 'disk cannot be measured')
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return this.#metrics.counter(name, help, labelNames)
  }

  #countRefusal(face: string, reason: string): void {
    const cellKey = `${face} ${reason}`
    let cell = this.#refusalCells.get(cellKey)
    if (!cell) {
      cell = this.#refusals.labels(face, reason)
      this.#refusalCells.set(cellKey, cell)
    }
    cell.inc()
  }

  #writeRefusal(line: object, message: string): void {
    if (!this.#log.isLevelEnabled('info')) return
    const nowMs = this.#clock.elapsedMs()
    if (nowMs - this.#windowMs >= 1000) {
      if (this.#linesLeftOut > 0) this.#log.info({ lines: this.#linesLeftOut }, 'refusals counted but not written')
      this.#windowMs = nowMs
      this.#linesInWindow = 0
      this.#linesLeftOut = 0
    }
    if (this.#linesInWindow < refusalLinesPerSecond) {
      this.#linesInWindow += 1
      this.#log.info(line, message)
    } else this.#linesLeftOut += 1
  }
}

/** Name, message and place; never the rest of an error's fields, which may quote a row or a request. */
function describeFault(cause: unknown): object {
  if (!(cause instanceof Error)) return { message: maskText(String(cause)) }
  const { code } = cause as NodeJS.ErrnoException
  return {
    name: cause.name,
    message: maskText(cause.message),
    ...(code === undefined ? {} : { code }),
    stack: maskText(cause.stack ?? ''),
    ...(cause.cause === undefined ? {} : { cause: describeFault(cause.cause) }),
  }
}
