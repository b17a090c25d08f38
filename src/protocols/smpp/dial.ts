// Connects to an SMSC over TCP or TLS and binds. One attempt: trying again, and when, is the caller's.

import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import type { Clock } from '#values/clock.ts'
import { commandStatusName } from './command-status.ts'
import type { PduDraftOf, PduOf } from './pdu.ts'
import type { SessionHooks, SessionOptions } from './session-parts.ts'
import { Session } from './session.ts'

export type BindName = 'bind_transmitter' | 'bind_receiver' | 'bind_transceiver'

export interface DialOptions {
  readonly host: string
  readonly port: number
  /** TLS if given; passed to `tls.connect` as it is. */
  readonly tls?: ConnectionOptions | undefined
  /** For TCP and TLS together. Default 10,000. */
  readonly connectTimeoutMs?: number | undefined
  /** Ends the attempt, at whatever point it is; a session once given is not touched by it. */
  readonly signal?: AbortSignal | undefined
  /** What is bound as; `interface_version` is 0x34 unless it says otherwise. */
  readonly bind: PduDraftOf<BindName>
  readonly session: Omit<SessionOptions, 'role'>
  readonly hooks: SessionHooks
}

export type Dialled =
  | { readonly session: Session; readonly answer: PduOf<`${BindName}_resp`> }
  | {
      readonly session?: undefined
      /** `refused` is an answer other than ESME_ROK, then `status` says which; all others got none. */
      readonly cause: 'not_connected' | 'refused' | 'no_answer'
      readonly status?: number | undefined
      readonly detail: string
    }

/** Never rejects. The hooks may be called before it is fulfilled; `onClose` is called also if the bind fails, once connected. */
export async function dial(options: DialOptions): Promise<Dialled> {
  const connected = await connect(options)
  if ('failed' in connected) return { cause: 'not_connected', detail: connected.failed }
  const session = new Session(connected, { ...options.session, role: 'esme' })
  session.start(options.hooks)
  const aborted = (): void => session.close('the attempt was given up')
  options.signal?.addEventListener('abort', aborted)
  const answer = await session.request({ ...options.bind, interface_version: options.bind.interface_version ?? 0x34 })
  options.signal?.removeEventListener('abort', aborted)
  if (answer.command === 'none') {
    session.close('the bind was not answered')
    return { cause: 'no_answer', detail: answer.detail }
  }
  if (answer.status !== 0 || answer.command === 'generic_nack') {
    session.close('the bind was refused')
    return { cause: 'refused', status: answer.status, detail: commandStatusName(answer.status) }
  }
  return { session, answer: answer as PduOf<`${BindName}_resp`> }
}

/** A socket without listeners, or why there is none. */
function connect(options: DialOptions): Promise<Socket | { failed: string }> {
  const { host, port, tls, connectTimeoutMs = 10_000, signal } = options
  const { clock }: { clock: Clock } = options.session
  return new Promise((resolve) => {
    const socket = tls === undefined ? connectTcp({ host, port }) : connectTls({ ...tls, host, port })
    const timer = clock.after(connectTimeoutMs, () => end({ failed: `no connection within ${connectTimeoutMs} ms` }))
    const failed = (error: NodeJS.ErrnoException): void => end({ failed: error.code ?? error.message })
    const closed = (): void => end({ failed: 'the connection was closed' })
    const aborted = (): void => end({ failed: 'the attempt was given up' })
    const done = (): void => end(socket)
    const ready = tls === undefined ? 'connect' : 'secureConnect'
    function end(outcome: Socket | { failed: string }): void {
      timer.cancel()
      signal?.removeEventListener('abort', aborted)
      socket.off('error', failed).off('close', closed).off(ready, done)
      if (outcome !== socket) socket.on('error', () => {}).destroy()
      else socket.setNoDelay(true)
      resolve(outcome)
    }
    socket.on('error', failed).on('close', closed).on(ready, done)
    signal?.addEventListener('abort', aborted)
    if (signal?.aborted) aborted()
  })
}
