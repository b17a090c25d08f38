// One connection of the fake SMSC: binds, submits and whatever its behaviour makes of them.

import type { Socket } from 'node:net'
import { formId, type Behaviour } from './smsc-behaviour.ts'
import type { SmscLog } from './smsc-log.ts'
import type { Mailbox, Receiver } from './smsc-mailbox.ts'
import { buildReceipt, endOf, wantsReceipt } from './smsc-receipts.ts'
import { buildPdu, ids, readBind, readDataSm, readMessageId, readSubmit, responseBit, splitPdus } from './smsc-wire.ts'
import type { Submit } from './smsc-wire.ts'

/** What connections share. */
export interface SmscWorld {
  behaviour(): Behaviour
  change(change: { closeAfter: number }): void
  readonly log: SmscLog
  readonly accounts: Readonly<Record<string, string>> | undefined
  mailbox(systemId: string): Mailbox
  /** The next number of a message; remembers nothing else. */
  nextNumber(): number
  /** How many submits this second, this one among them. */
  countSecond(): number
  countSubmit(): number
  /** By refusal of the behaviour: how often it was met and used. */
  uses(refusal: object): { met: number; used: number }
  readonly states: Map<string, string>
}

const status = { ok: 0, invalidCommand: 3, invalidBind: 4, alreadyBound: 5, badPassword: 0x0e, badSystemId: 0x0f }
const outOfOrderMs = 50

export class Connection implements Receiver {
  systemId = ''
  bound: 'no' | 'tx' | 'rx' | 'trx' = 'no'
  readonly #socket: Socket
  readonly #world: SmscWorld
  #rest: Buffer = Buffer.alloc(0)
  #sequence = 0
  #out: Buffer[] = []
  #turn: NodeJS.Immediate | undefined
  #disordered: Buffer[] = []
  #responses = 0

  constructor(socket: Socket, world: SmscWorld) {
    this.#socket = socket
    this.#world = world
    socket.setNoDelay(true)
    socket.on('data', (read: Buffer) => this.#read(read))
    socket.on('error', () => {})
    socket.on('close', () => this.#gone())
  }

  nextSequence(): number {
    return (this.#sequence = this.#sequence >= 0x7fffffff ? 1 : this.#sequence + 1)
  }

  write(pdu: Buffer): void {
    this.#out.push(pdu)
    this.#turn ??= setImmediate(() => this.#flush())
  }

  unbind(): void {
    this.write(buildPdu(ids.unbind, 0, this.nextSequence()))
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #flush(): void {
    if (this.#turn) clearImmediate(this.#turn)
    this.#turn = undefined
    const out = this.#out
    this.#out = []
    if (out.length > 0 && this.#socket.writable) this.#socket.write(out.length === 1 ? out[0]! : Buffer.concat(out))
  }

  #gone(): void {
    if (this.bound === 'rx' || this.bound === 'trx') this.#world.mailbox(this.systemId).detach(this)
    this.bound = 'no'
  }

  #read(read: Buffer): void {
    const bytes = this.#rest.length === 0 ? read : Buffer.concat([this.#rest, read])
    const rest = splitPdus(bytes, (pdu) => {
      if (!this.#socket.destroyed) this.#take(pdu)
    })
    if (rest) this.#rest = rest
    else this.#socket.destroy()
  }

  #take(pdu: Buffer): void {
    const [id, sequence] = [pdu.readUInt32BE(4), pdu.readUInt32BE(12)]
    const { counters } = this.#world.log
    switch (id) {
      case ids.submitSm:
        return this.#submit(readSubmit(pdu), id, sequence)
      case ids.dataSm:
        return this.#submit(readDataSm(pdu), id, sequence)
      case ids.submitMulti:
        // Accepted as it is; what becomes of its destinations is not played.
        return this.write(buildPdu(id + responseBit, 0, sequence, `${this.#world.nextNumber()}\0\0`))
      case ids.deliverSm + responseBit:
        return this.#world.mailbox(this.systemId).acknowledged(this, sequence, pdu.readUInt32BE(8))
      case ids.bindReceiver:
      case ids.bindTransmitter:
      case ids.bindTransceiver:
        return this.#bind(pdu, id, sequence)
      case ids.enquireLink:
        counters.enquireLinks++
        if (this.#world.behaviour().answersEnquireLink) this.write(buildPdu(id + responseBit, 0, sequence))
        return
      case ids.unbind:
        counters.unbinds++
        this.write(buildPdu(id + responseBit, 0, sequence))
        this.#flush()
        this.#socket.end()
        return
      case ids.unbind + responseBit:
        this.#socket.end()
        return
      case ids.querySm:
        return this.#query(readMessageId(pdu, false), sequence)
      case ids.cancelSm:
        return this.#cancel(readMessageId(pdu, true), sequence)
      case ids.replaceSm:
        return this.write(buildPdu(id + responseBit, this.#world.states.has(readMessageId(pdu, false)) ? 0 : 0x13, sequence))
    }
    if (id >= responseBit) return
    counters.unknownPdus++
    this.write(buildPdu(ids.genericNack, status.invalidCommand, sequence))
  }

  #bind(pdu: Buffer, id: number, sequence: number): void {
    const { accounts, log } = this.#world
    const { bindStatus, bindSilent } = this.#world.behaviour()
    const { systemId, password } = readBind(pdu)
    if (bindSilent) return
    const answer =
      bindStatus !== 0
        ? bindStatus
        : this.bound !== 'no'
          ? status.alreadyBound
          : accounts === undefined
            ? status.ok
            : accounts[systemId] === undefined
              ? status.badSystemId
              : accounts[systemId] === password
                ? status.ok
                : status.badPassword
    if (answer !== status.ok) {
      log.counters.bindsRefused++
      return this.write(buildPdu(id + responseBit, answer, sequence))
    }
    log.counters.binds++
    this.systemId = systemId
    this.bound = id === ids.bindTransmitter ? 'tx' : id === ids.bindReceiver ? 'rx' : 'trx'
    // system_id and the TLV sc_interface_version.
    this.write(buildPdu(id + responseBit, 0, sequence, 'FakeSmsc\0\x02\x10\x00\x01\x34'))
    if (this.bound !== 'tx') this.#world.mailbox(systemId).attach(this)
  }

  #submit(submit: Submit, id: number, sequence: number): void {
    const world = this.#world
    const { log } = world
    const { counters } = log
    const behaviour = this.#world.behaviour()
    const nowMs = Date.now()
    counters.submits++
    counters.firstSubmitAtMs ||= nowMs
    counters.lastSubmitAtMs = nowMs
    const count = world.countSubmit()
    if (behaviour.closeAfter > 0) {
      world.change({ closeAfter: behaviour.closeAfter - 1 })
      if (behaviour.closeAfter === 1) {
        counters.closedByFault++
        log.submit(this.systemId, submit, -1, '')
        this.#socket.destroy()
        return
      }
    }
    const refused = this.#refusal(behaviour, submit)
    if (behaviour.silent) return log.submit(this.systemId, submit, -1, '')
    const number = refused === 0 ? world.nextNumber() : 0
    const messageId = refused === 0 ? formId(number, behaviour.ids) : ''
    log.submit(this.systemId, submit, refused, messageId)
    if (refused === 0) counters.accepted++
    else {
      counters.refused++
      const name = `0x${refused.toString(16)}`
      counters.refusedByStatus[name] = (counters.refusedByStatus[name] ?? 0) + 1
    }
    const { wrongSequenceEvery } = behaviour
    const isWrong = wrongSequenceEvery > 0 && ++this.#responses % wrongSequenceEvery === 0
    const answered = isWrong ? sequence + 1_000_000 : sequence
    const response = buildPdu(id + responseBit, refused, answered, refused === 0 ? `${messageId}\0` : '')
    if (refused === 0) {
      const end = endOf(behaviour, submit.destination)
      if (wantsReceipt(behaviour.receipts, submit, end.stat)) {
        const accepted = { number, messageId, submit, submitMs: nowMs }
        if (behaviour.receipts.beforeResponse) this.#receipts(behaviour, accepted, end)
        this.#respond(behaviour, response)
        if (!behaviour.receipts.beforeResponse) this.#receipts(behaviour, accepted, end)
      } else this.#respond(behaviour, response)
    } else this.#respond(behaviour, response)
    if (behaviour.garbageEvery > 0 && count % behaviour.garbageEvery === 0) this.write(Buffer.from('garbage, not SMPP at all'))
  }

  #refusal(behaviour: Behaviour, submit: Submit): number {
    if (this.bound === 'no' || this.bound === 'rx') return status.invalidBind
    if (behaviour.throttlePerSecond > 0 && this.#world.countSecond() > behaviour.throttlePerSecond) {
      this.#world.log.counters.throttled++
      return 0x58
    }
    for (const refusal of behaviour.refuse) {
      if (refusal.destinations && !refusal.destinations.some((one) => submit.destination.startsWith(one))) continue
      const uses = this.#world.uses(refusal)
      uses.met++
      if (uses.met % (refusal.every ?? 1) !== 0 || uses.used >= (refusal.times ?? Infinity)) continue
      uses.used++
      return refusal.status
    }
    return 0
  }

  #respond({ slowMs, outOfOrder }: Behaviour, response: Buffer): void {
    if (slowMs > 0) this.#slowly(slowMs, () => this.write(response))
    else if (outOfOrder > 1) {
      this.#disordered.push(response)
      if (this.#disordered.length >= outOfOrder) this.#endDisorder()
      else if (this.#disordered.length === 1) setTimeout(() => this.#endDisorder(), outOfOrderMs)
    } else this.write(response)
  }

  /** What it holds goes once it is told to be quicker, while the connection lasts. */
  #slowly(slowMs: number, act: () => void): void {
    const began = Date.now()
    const look = (): void => {
      const wait = this.#socket.destroyed ? slowMs : this.#world.behaviour().slowMs
      const left = began + wait - Date.now()
      if (left <= 0) act()
      else setTimeout(look, Math.min(left, 20)).unref()
    }
    look()
  }

  #endDisorder(): void {
    for (const response of this.#disordered.splice(0).toReversed()) this.write(response)
  }

  #receipts(behaviour: Behaviour, accepted: Parameters<typeof buildReceipt>[1], end: ReturnType<typeof endOf>): void {
    const { states } = this.#world
    const { delayMs, duplicates, intermediate } = behaviour.receipts
    const mailbox = this.#world.mailbox(this.systemId)
    if (delayMs > 0) states.set(accepted.messageId, 'ENROUTE')
    const send = (): void => {
      const isCancelled = states.get(accepted.messageId) === 'DELETED'
      const final = isCancelled ? { stat: 'DELETED', err: '000' } : end
      if (delayMs > 0) states.set(accepted.messageId, final.stat)
      for (let copy = 0; copy <= duplicates; copy++) mailbox.put('receipt', buildReceipt(behaviour, accepted, final, true))
    }
    if (intermediate) mailbox.put('receipt', buildReceipt(behaviour, accepted, { stat: 'ENROUTE', err: '000' }, false))
    if (delayMs > 0) setTimeout(send, delayMs).unref()
    // Behind its response, unless it is to come first.
    else if (behaviour.slowMs > 0 && !behaviour.receipts.beforeResponse) this.#slowly(behaviour.slowMs, send)
    else send()
  }

  #query(messageId: string, sequence: number): void {
    const state = this.#world.states.get(messageId)
    if (state === undefined) return this.write(buildPdu(ids.querySm + responseBit, 0x67, sequence))
    const number = String.fromCharCode(state === 'ENROUTE' ? 1 : state === 'DELIVRD' ? 2 : state === 'DELETED' ? 4 : 5)
    this.write(buildPdu(ids.querySm + responseBit, 0, sequence, `${messageId}\0\0${number}\0`))
  }

  #cancel(messageId: string, sequence: number): void {
    const isEnroute = this.#world.states.get(messageId) === 'ENROUTE'
    if (isEnroute) this.#world.states.set(messageId, 'DELETED')
    this.write(buildPdu(ids.cancelSm + responseBit, isEnroute ? 0 : 0x11, sequence))
  }
}
