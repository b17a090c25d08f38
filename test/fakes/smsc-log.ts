// What the fake SMSC saw, independent of the program under test: counters for reconciliation, and every submit, in memory and if wanted in a file.

import { closeSync, openSync, writeSync } from 'node:fs'
import type { Submit } from './smsc-wire.ts'

export interface Counters {
  binds: number
  bindsRefused: number
  unbinds: number
  enquireLinks: number
  submits: number
  accepted: number
  refused: number
  throttled: number
  refusedByStatus: Record<string, number>
  receiptsSent: number
  receiptsAcknowledged: number
  receiptsRefused: number
  receiptsWaiting: number
  mosSent: number
  mosAcknowledged: number
  mosRefused: number
  connections: number
  closedByFault: number
  unknownPdus: number
  /** Milliseconds since 1970; 0 while there was none. */
  firstSubmitAtMs: number
  lastSubmitAtMs: number
}

export interface SubmitLine {
  readonly atMs: number
  readonly systemId: string
  readonly status: number
  /** As in the response; empty when it was refused or not answered. */
  readonly messageId: string
  readonly source: string
  readonly destination: string
  readonly esmClass: number
  readonly dataCoding: number
  readonly registered: number
  readonly validity: string
  readonly schedule: string
  readonly priority: number
  /** In hex, with its header. */
  readonly message: string
  /** In hex, by tag in hex. */
  readonly tlvs: Readonly<Record<string, string>>
}

export function noCounts(): Counters {
  return {
    binds: 0,
    bindsRefused: 0,
    unbinds: 0,
    enquireLinks: 0,
    submits: 0,
    accepted: 0,
    refused: 0,
    throttled: 0,
    refusedByStatus: {},
    receiptsSent: 0,
    receiptsAcknowledged: 0,
    receiptsRefused: 0,
    receiptsWaiting: 0,
    mosSent: 0,
    mosAcknowledged: 0,
    mosRefused: 0,
    connections: 0,
    closedByFault: 0,
    unknownPdus: 0,
    firstSubmitAtMs: 0,
    lastSubmitAtMs: 0,
  }
}

export class SmscLog {
  counters = noCounts()
  lines: SubmitLine[] = []
  readonly #keep: number
  readonly #file: number | undefined
  #unwritten: string[] = []
  #turn: NodeJS.Immediate | undefined

  /** `keep` lines stay in memory, the first ones; 0 keeps and writes none, for measurements. */
  constructor(keep: number, file: string | undefined) {
    this.#keep = keep
    this.#file = file === undefined ? undefined : openSync(file, 'a')
  }

  submit(systemId: string, submit: Submit, status: number, messageId: string): void {
    if (this.#keep === 0 && this.#file === undefined) return
    const line: SubmitLine = {
      atMs: Date.now(),
      systemId,
      status,
      messageId,
      source: submit.source,
      destination: submit.destination,
      esmClass: submit.esmClass,
      dataCoding: submit.dataCoding,
      registered: submit.registered,
      validity: submit.validity,
      schedule: submit.schedule,
      priority: submit.priority,
      message: submit.message.toString('hex'),
      tlvs: Object.fromEntries(
        [...submit.tlvs].map(([tag, value]) => [tag.toString(16).padStart(4, '0'), value.toString('hex')]),
      ),
    }
    if (this.lines.length < this.#keep) this.lines.push(line)
    if (this.#file === undefined) return
    this.#unwritten.push(JSON.stringify(line))
    this.#turn ??= setImmediate(() => this.#write())
  }

  reset(): void {
    this.lines = []
    const { receiptsWaiting } = this.counters
    this.counters = { ...noCounts(), receiptsWaiting }
  }

  close(): void {
    this.#write()
    if (this.#file !== undefined) closeSync(this.#file)
  }

  #write(): void {
    if (this.#turn) clearImmediate(this.#turn)
    this.#turn = undefined
    if (this.#file !== undefined && this.#unwritten.length > 0) writeSync(this.#file, `${this.#unwritten.join('\n')}\n`)
    this.#unwritten = []
  }
}
