// One SMPP session over one connection, for either role (SMPP 3.4 clause 2 and 7; 5.0 clause 2): which PDU when, sequence numbers, window,
// flow control both ways, timers, unbind. It knows no account and no message: what requests mean is said by its hooks.
//
//            our requests -> waiting -> window (outstanding) -> socket -> their answers
//   peer's requests <- answered <- unanswered <- held <- frames <- socket (read only while `held` has room)
//
// Responses and enquire_link overtake what is held: a side whose windows are full still hears and answers, until `held` is full too.

import type { Duplex } from 'node:stream'
import type { Timer } from '#values/clock.ts'
import { boundBy, isAllowed, isBound, type Role, type SessionState } from './allowed.ts'
import { decode, encodeAs } from './codec.ts'
import { commandStatus } from './command-status.ts'
import { Frames } from './frames.ts'
import { HookCalls } from './hook-calls.ts'
import { Outlet } from './outlet.ts'
import { Outstanding, type Pending } from './outstanding.ts'
import { isResponse, responseName } from './pdu.ts'
import type {
  Malformed,
  Notice,
  Pdu,
  PduDraft,
  Question,
  RequestName,
  RequestPdu,
  ResponseBody,
  ResponseName,
  ResponsePdu,
} from './pdu.ts'
import type { CommandName } from './pdu-table.ts'
import { withDefaults } from './session-parts.ts'
import type { Answer, CloseCause, Closed, SessionFigures, SessionHooks, SessionOptions, WholeOptions } from './session-parts.ts'
import { WaitingLine } from './waiting-line.ts'

/** A peer that lets so much of what we write lie is not read from. */
const maxUnsentBytes = 1_048_576

interface Waiting {
  readonly pdu: Question
  readonly done: (answer: Answer) => void
  readonly timeoutMs: number
}

/** How long a connection that we ended may take to go. */
const lingerMs = 1_000

const none = (): void => {}

export class Session {
  readonly role: Role
  /** Fulfilled at the end, with the same as `onClose`. */
  readonly closed: Promise<Closed>
  readonly #options: WholeOptions
  readonly #socket: Duplex
  readonly #frames: Frames
  readonly #outlet: Outlet
  readonly #outstanding: Outstanding
  readonly #tellClosed: (closed: Closed) => void
  readonly #waiting = new WaitingLine<Waiting>()
  #held: RequestPdu[] = []
  #hooks = new HookCalls({})
  #state: SessionState = 'open'
  #unanswered = 0
  #isReadingStopped = false
  #isReading = false
  /** While true, what is written goes out at the end of the read that is being worked on. */
  #isTurn = false
  #isAdmitting = false
  #isRoomNews = false
  #isUnbindSent = false
  /** Set once we mean to end: nothing new is sent. */
  #ending: CloseCause | undefined
  #peerUnbind: number | undefined
  #timers: Partial<Record<'init' | 'idle' | 'inactive' | 'unbind' | 'linger', Timer>> = {}
  #lastReadMs: number
  #lastActiveMs: number
  #pdusIn = 0
  #pdusOut = 0
  #bytesIn = 0

  /** Over a connected socket. Nothing is read before `start`. */
  constructor(socket: Duplex, options: SessionOptions) {
    this.role = options.role
    this.#options = withDefaults(options)
    this.#socket = socket
    this.#frames = new Frames(this.#options.maxPduBytes)
    this.#outlet = new Outlet(socket)
    this.#outstanding = new Outstanding(
      options.clock,
      (pending, answer) => this.#settle(pending, answer),
      this.#options.firstSequence,
    )
    this.#lastReadMs = this.#lastActiveMs = options.clock.elapsedMs()
    const { promise, resolve } = Promise.withResolvers<Closed>()
    this.closed = promise
    this.#tellClosed = resolve
  }

  get state(): SessionState {
    return this.#state
  }

  /** How many requests may be sent now without waiting here. */
  get room(): number {
    if (this.#ending || !isBound(this.#state) || this.#outlet.isBlocked) return 0
    return Math.max(0, this.#options.window - this.#outstanding.counted - this.#waiting.length)
  }

  get figures(): SessionFigures {
    return {
      outstanding: this.#outstanding.counted,
      waiting: this.#waiting.length,
      unanswered: this.#unanswered + this.#held.length,
      isReadingStopped: this.#isReadingStopped,
      pdusIn: this.#pdusIn,
      pdusOut: this.#pdusOut,
      bytesIn: this.#bytesIn,
      bytesOut: this.#outlet.bytesOut,
      lastReadMs: this.#lastReadMs,
    }
  }

  /** Begins to read. Once. */
  start(hooks: SessionHooks): void {
    this.#hooks = new HookCalls(hooks)
    const socket = this.#socket
    socket.on('data', (read: Buffer) => this.#read(read))
    socket.on('drain', () => this.#drained())
    socket.on('end', () => this.#finish('peer_closed', 'the peer ended the connection'))
    socket.on('error', (error: NodeJS.ErrnoException) => this.#finish('connection_lost', error.code ?? error.message))
    socket.on('close', () => {
      this.#timers.linger?.cancel()
      this.#finish('connection_lost', 'the connection is gone')
    })
    if (socket.destroyed) return this.#finish('connection_lost', 'the connection is gone')
    const { clock, sessionInitMs, enquireLinkMs, inactivityMs } = this.#options
    if (sessionInitMs > 0)
      this.#timers.init = clock.after(sessionInitMs, () =>
        this.#finish('not_bound_in_time', `no bind within ${sessionInitMs} ms`),
      )
    if (enquireLinkMs > 0) this.#watchIdle(enquireLinkMs)
    if (inactivityMs > 0) this.#watchActivity(inactivityMs)
  }

  /**
   * Sends a request, or lets it wait for a place in the window (`room` says if it will; what waits is not bounded here).
   * `done` is called exactly once, never before `send` returns. Never throws.
   */
  send(pdu: Question, done: (answer: Answer) => void, timeoutMs: number = this.#options.responseTimeoutMs): void {
    if (this.#ending || !isAllowed(pdu.command, this.role, this.#state)) {
      const detail = this.#ending ? 'the session is ending' : `${pdu.command} is not allowed in state ${this.#state}`
      return queueMicrotask(() => this.#hooks.done(done, { command: 'none', cause: 'not_sent', detail, sequence: 0 }))
    }
    if (this.#waiting.length > 0 || this.#outlet.isBlocked || this.#outstanding.counted >= this.#options.window)
      this.#waiting.push({ pdu, done, timeoutMs })
    else {
      this.#transmit(pdu, done, timeoutMs, true)
      this.#flushSoon()
    }
  }

  /** `send` as a promise. It is always fulfilled; look at `command` for 'none', then at `status`. */
  request(pdu: Question, timeoutMs?: number): Promise<Answer> {
    return new Promise((resolve) => this.send(pdu, resolve, timeoutMs))
  }

  /** Sends what has no response: outbind, alert_notification. False if it could not be sent. */
  notify(pdu: Notice): boolean {
    if (this.#ending || !isAllowed(pdu.command, this.role, this.#state)) return false
    try {
      this.#write(pdu.command, pdu, 0, this.#outstanding.nextSequence())
    } catch (error) {
      this.#hooks.fault(error)
      return false
    }
    if (pdu.command === 'outbind') this.#state = 'outbound'
    this.#flushSoon()
    return true
  }

  /** Sends nothing new, waits for responses, unbinds, ends the connection (SMPP 3.4 4.2). What waits for a place is not sent. */
  unbind(cause: 'unbound' | 'inactive' = 'unbound'): Promise<Closed> {
    if (this.#ending || this.#state === 'closed') return this.closed
    if (!isBound(this.#state)) {
      this.#finish(cause, 'was not bound')
      return this.closed
    }
    this.#ending = cause
    this.#refuseWaiting('the session is ending')
    this.#timers.unbind = this.#options.clock.after(this.#options.unbindMs, () => this.#sendUnbind())
    if (this.#outstanding.counted === 0) this.#sendUnbind()
    return this.closed
  }

  /** Ends the connection at once, without unbind. */
  close(detail = 'closed here'): void {
    this.#finish('closed', detail)
  }

  // Reading

  #read(read: Buffer): void {
    if (this.#state === 'closed') return
    this.#lastReadMs = this.#options.clock.elapsedMs()
    this.#bytesIn += read.length
    this.#frames.add(read)
    this.#readFrames()
  }

  #readFrames(): void {
    if (this.#isReading) return
    this.#isReading = true
    this.#isTurn = true
    const frames = this.#frames
    while (this.#state !== 'closed') {
      if (this.#held.length >= this.#options.peerWindow || this.#outlet.unsentBytes > maxUnsentBytes) {
        this.#stopReading()
        break
      }
      const found = frames.next()
      if (found === 'none') break
      if (found === 'broken') {
        this.#endBroken()
        break
      }
      const pdu = decode(frames.buffer, frames.start, frames.end)
      this.#pdusIn++
      if (this.#hooks.seesPdus) this.#hooks.pdu('in', frames.buffer.subarray(frames.start, frames.end), pdu)
      this.#take(pdu)
    }
    this.#isReading = false
    if (this.#isRoomNews) this.#tellRoom()
    this.#isTurn = false
    this.#outlet.flush()
  }

  #stopReading(): void {
    if (this.#isReadingStopped) return
    this.#isReadingStopped = true
    this.#socket.pause()
  }

  /** When there is room again for what the peer asks. */
  #readOn(): void {
    if (!this.#isReadingStopped || this.#state === 'closed') return
    if (this.#held.length >= this.#options.peerWindow || this.#outlet.unsentBytes > maxUnsentBytes) return
    this.#isReadingStopped = false
    this.#lastReadMs = this.#options.clock.elapsedMs()
    this.#readFrames()
    if (!this.#isReadingStopped) this.#socket.resume()
  }

  #take(pdu: Pdu | Malformed): void {
    if (pdu.command === 'malformed') return this.#takeMalformed(pdu)
    if (isResponsePdu(pdu)) return this.#takeResponse(pdu)
    if (pdu.command === 'enquire_link') return this.#answer('enquire_link_resp', {}, pdu.sequence)
    this.#lastActiveMs = this.#lastReadMs
    if (this.#held.length > 0 || this.#unanswered >= this.#options.peerWindow) this.#held.push(pdu)
    else this.#admit(pdu)
  }

  #takeResponse(pdu: ResponsePdu): void {
    const pending = this.#outstanding.take(pdu)
    if (typeof pending === 'string') return this.#hooks.stray({ kind: pending, pdu })
    if (pending.isCounted) this.#lastActiveMs = this.#lastReadMs
    this.#settle(pending, pdu)
  }

  /** A response that cannot be read is not answered, lest two sides answer one another for ever. */
  #takeMalformed(pdu: Malformed): void {
    if (pdu.commandId >= 0x80000000) {
      const pending = pdu.of && this.#outstanding.takeUnreadable(pdu.sequence, pdu.of)
      if (pending) this.#settle(pending, { command: 'none', cause: 'unreadable', detail: pdu.detail, sequence: pdu.sequence })
    } else this.#refuse(pdu, pdu.sequence, pdu.of as RequestName | undefined, pdu.answer)
    this.#hooks.refused(pdu, pdu.answer)
  }

  /** SMPP 3.4 4.3: generic_nack with ESME_RINVCMDLEN; then the connection goes, as nobody knows where the next PDU begins. */
  #endBroken(): void {
    const { answer, sequence, detail, bytes } = this.#frames.fault!
    this.#answer('generic_nack', { status: answer }, sequence)
    this.#finish('garbage', `${detail}: ${bytes.subarray(0, 16).toString('hex')}`)
  }

  // Requests of the peer

  #admit(pdu: RequestPdu): void {
    const peer: Role = this.role === 'esme' ? 'smsc' : 'esme'
    const { command, sequence } = pdu
    if (!isAllowed(command, peer, this.#state)) {
      const isSecondBind = boundBy(command) !== undefined && isBound(this.#state) && this.role === 'smsc'
      const answer = isSecondBind ? commandStatus.ESME_RALYBND : commandStatus.ESME_RINVBNDSTS
      this.#refuse(pdu, sequence, command, answer)
      return this.#hooks.refused(pdu, answer)
    }
    if (command === 'unbind') {
      this.#peerUnbind = sequence
      this.#ending ??= 'peer_unbound'
      this.#refuseWaiting('the peer unbinds')
      return this.#endPeerUnbind()
    }
    const response = responseName(command)
    if (command === 'outbind') this.#state = 'outbound'
    if (response === undefined) return void this.#hooks.request(pdu, none)
    this.#unanswered++
    let isAnswered = false
    const respond = (body: ResponseBody = {}): void => {
      if (isAnswered || this.#state === 'closed') return
      isAnswered = true
      this.#unanswered--
      if ((body.status ?? 0) === 0) this.#becomeBound(command)
      this.#answer(response, body, sequence)
      this.#flushSoon()
      this.#admitHeld()
      this.#endPeerUnbind()
    }
    if (!this.#hooks.takesRequests) respond({ status: commandStatus.ESME_RINVCMDID })
    else if (!this.#hooks.request(pdu, respond)) respond({ status: commandStatus.ESME_RSYSERR })
  }

  #admitHeld(): void {
    if (this.#isAdmitting) return
    this.#isAdmitting = true
    let taken = 0
    while (taken < this.#held.length && this.#unanswered < this.#options.peerWindow && this.#state !== 'closed')
      this.#admit(this.#held[taken++]!)
    if (taken > 0) this.#held.splice(0, taken)
    this.#isAdmitting = false
    this.#readOn()
  }

  /** SMPP 3.4 4.2: unbind_resp goes out when everything before it has been answered. */
  #endPeerUnbind(): void {
    if (this.#peerUnbind === undefined || this.#unanswered > 0 || this.#state === 'closed') return
    this.#answer('unbind_resp', {}, this.#peerUnbind)
    this.#peerUnbind = undefined
    this.#finish(this.#ending ?? 'peer_unbound', 'the peer unbound')
  }

  #refuse(pdu: Pdu | Malformed, sequence: number, request: RequestName | undefined, answer: number): void {
    const response = request === undefined ? 'generic_nack' : responseName(request)
    if (response !== undefined) this.#answer(response, { status: answer }, sequence)
    else if (pdu.command === 'malformed') this.#answer('generic_nack', { status: answer }, sequence)
  }

  #answer(command: ResponseName, body: ResponseBody, sequence: number): void {
    try {
      this.#write(command, body, body.status ?? 0, sequence)
    } catch (error) {
      this.#hooks.fault(error)
      this.#write(command, {}, commandStatus.ESME_RSYSERR, sequence)
    }
    this.#flushSoon()
  }

  // Requests of ours

  #transmit(pdu: Question, done: (answer: Answer) => void, timeoutMs: number, isCounted: boolean): void {
    const sequence = this.#outstanding.nextSequence()
    try {
      this.#write(pdu.command, pdu, 0, sequence)
    } catch (error) {
      const detail = `cannot be encoded: ${(error as Error).message}`
      return queueMicrotask(() => this.#hooks.done(done, { command: 'none', cause: 'not_sent', detail, sequence: 0 }))
    }
    // A hook that saw it go out may have ended the session.
    if (this.#state === 'closed')
      return queueMicrotask(() =>
        this.#hooks.done(done, { command: 'none', cause: 'closed', detail: 'closed meanwhile', sequence }),
      )
    const nowMs = this.#options.clock.elapsedMs()
    if (isCounted) this.#lastActiveMs = nowMs
    const response = responseName(pdu.command) as ResponseName
    this.#outstanding.add(sequence, { request: pdu.command, response, done, deadlineMs: nowMs + timeoutMs, isCounted })
  }

  #settle(pending: Pending, answer: Answer): void {
    if (answer.command !== 'none' && answer.command !== 'generic_nack' && answer.status === 0) this.#becomeBound(pending.request)
    this.#hooks.done(pending.done, answer)
    if (!pending.isCounted || this.#state === 'closed') return
    if (this.#ending && this.#outstanding.counted === 0) return this.#sendUnbind()
    this.#refill()
    this.#isRoomNews = true
    if (!this.#isReading) this.#tellRoom()
  }

  /** From what waits into the window. */
  #refill(): void {
    while (this.#waiting.length > 0 && !this.#outlet.isBlocked && this.#outstanding.counted < this.#options.window) {
      const { pdu, done, timeoutMs } = this.#waiting.shift()!
      this.#transmit(pdu, done, timeoutMs, true)
      this.#flushSoon()
    }
  }

  #refuseWaiting(detail: string): void {
    for (const { done } of this.#waiting.takeAll())
      this.#hooks.done(done, { command: 'none', cause: 'not_sent', detail, sequence: 0 })
  }

  #sendUnbind(): void {
    this.#timers.unbind?.cancel()
    if (this.#state === 'closed' || this.#isUnbindSent || this.#ending === 'peer_unbound') return
    this.#isUnbindSent = true
    this.#transmit({ command: 'unbind' }, () => this.#finish(this.#ending ?? 'unbound', ''), this.#options.unbindMs, false)
    this.#flushSoon()
  }

  #becomeBound(request: CommandName): void {
    const state = boundBy(request as RequestName)
    if (state === undefined) return
    this.#state = state
    this.#timers.init?.cancel()
  }

  // The connection and its clocks

  /** SMPP 3.4 4.11 and 7.2. A peer that we do not read, or that speaks of other things, is not silent. */
  #watchIdle(delayMs: number): void {
    const { clock, enquireLinkMs, enquireTimeoutMs } = this.#options
    this.#timers.idle = clock.after(delayMs, () => {
      const idleMs = clock.elapsedMs() - this.#lastReadMs
      if (this.#isReadingStopped || !isBound(this.#state)) return this.#watchIdle(enquireLinkMs)
      if (idleMs < enquireLinkMs) return this.#watchIdle(enquireLinkMs - idleMs)
      const done = (answer: Answer): void => {
        if (this.#state === 'closed') return
        const quietMs = clock.elapsedMs() - this.#lastReadMs
        if (answer.command === 'none' && quietMs >= enquireTimeoutMs && !this.#isReadingStopped)
          this.#finish('silent', `enquire_link was not answered within ${enquireTimeoutMs} ms`)
        else this.#watchIdle(enquireLinkMs)
      }
      this.#transmit({ command: 'enquire_link' }, done, enquireTimeoutMs, false)
      this.#flushSoon()
    })
  }

  #watchActivity(delayMs: number): void {
    const { clock, inactivityMs } = this.#options
    this.#timers.inactive = clock.after(delayMs, () => {
      const idleMs = clock.elapsedMs() - this.#lastActiveMs
      if (idleMs < inactivityMs || this.#unanswered > 0) this.#watchActivity(Math.max(1, inactivityMs - idleMs))
      else void this.unbind('inactive')
    })
  }

  #drained(): void {
    this.#outlet.isBlocked = false
    this.#refill()
    this.#readOn()
    this.#tellRoom()
  }

  #finish(cause: CloseCause, detail: string): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    for (const timer of Object.values(this.#timers)) timer.cancel()
    this.#outlet.flush()
    const socket = this.#socket
    if (!socket.destroyed) {
      // Not destroyed at once: unread octets would make it a reset, which takes our last PDU from the peer.
      this.#timers.linger = this.#options.clock.after(lingerMs, () => socket.destroy())
      socket.end()
      socket.resume()
    }
    for (const [sequence, { done }] of this.#outstanding.takeAll())
      this.#hooks.done(done, { command: 'none', cause: 'closed', detail: `${cause}: ${detail}`, sequence })
    this.#refuseWaiting(`${cause}: ${detail}`)
    this.#held = []
    const closed = { cause, detail }
    this.#hooks.closed(closed)
    this.#tellClosed(closed)
  }

  #write(command: CommandName, body: PduDraft | ResponseBody, status: number, sequence: number): void {
    const outlet = this.#outlet
    const size = encodeAs(outlet, command, body, status, sequence)
    this.#pdusOut++
    if (this.#hooks.seesPdus)
      this.#hooks.pdu('out', outlet.buffer.subarray(outlet.at - size, outlet.at), {
        ...body,
        command,
        status,
        sequence,
      } as PduDraft)
  }

  #flushSoon(): void {
    if (!this.#isTurn) this.#outlet.flushSoon()
  }

  #tellRoom(): void {
    this.#isRoomNews = false
    if (this.#waiting.length === 0 && this.room > 0) this.#hooks.room()
  }
}

function isResponsePdu(pdu: Pdu): pdu is ResponsePdu {
  return isResponse(pdu.command)
}
