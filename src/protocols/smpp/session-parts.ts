// What a session takes and tells: options and their defaults, hooks, ends. The work is in session.ts.

import type { Clock } from '#values/clock.ts'
import type { Role } from './allowed.ts'
import { usualMaxPduBytes } from './frames.ts'
import type { Malformed, Pdu, PduDraft, RequestPdu, ResponseBody, ResponsePdu } from './pdu.ts'

export interface SessionOptions {
  /** What this side is. */
  readonly role: Role
  readonly clock: Clock
  /** The most requests of ours that wait for their response; more wait here. Default 50. */
  readonly window?: number | undefined
  /** The most requests of the peer that wait for ours; up to as many again are held, then the socket is not read. Default 100. */
  readonly peerWindow?: number | undefined
  /** SMPP 3.4 7.2 response_timer. Default 30,000. */
  readonly responseTimeoutMs?: number | undefined
  /** 3.4 7.2 enquire_link_timer: after so long without a sign of the peer it is asked. 0 is never. Default 30,000. */
  readonly enquireLinkMs?: number | undefined
  /** How long the peer may take for enquire_link_resp until the session counts as dead. Default 10,000. */
  readonly enquireTimeoutMs?: number | undefined
  /** 3.4 7.2 session_init_timer, from the connection to an accepted bind. 0 is never. Default 10,000. */
  readonly sessionInitMs?: number | undefined
  /** 3.4 7.2 inactivity_timer: after so long without any request but enquire_link the session is unbound. 0, the default, is never. */
  readonly inactivityMs?: number | undefined
  /** How long `unbind` waits for responses, and again for unbind_resp. Default 5,000. */
  readonly unbindMs?: number | undefined
  /** Default 66,560. */
  readonly maxPduBytes?: number | undefined
  /** Of the first request of ours. Default 1. */
  readonly firstSequence?: number | undefined
}

const defaults = {
  window: 50,
  peerWindow: 100,
  responseTimeoutMs: 30_000,
  enquireLinkMs: 30_000,
  enquireTimeoutMs: 10_000,
  sessionInitMs: 10_000,
  inactivityMs: 0,
  unbindMs: 5_000,
  maxPduBytes: usualMaxPduBytes,
  firstSequence: 1,
}

export type WholeOptions = Pick<SessionOptions, 'role' | 'clock'> & Readonly<typeof defaults>

/** An option that is there but undefined counts as left out. */
export function withDefaults(options: SessionOptions): WholeOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  return { ...defaults, ...(given as unknown as WholeOptions) }
}

/** Why a request has no answer. Only `not_sent` is sure not to have reached the peer. */
export interface NoAnswer {
  readonly command: 'none'
  readonly cause: 'timed_out' | 'closed' | 'unreadable' | 'not_sent'
  readonly detail: string
  /** The sequence_number it went out under; 0 when it did not. */
  readonly sequence: number
}

/** A response (perhaps generic_nack), or why there is none. Its `status` is the peer's command_status. */
export type Answer = ResponsePdu | NoAnswer

/** Answers a request of the peer, once; what comes later is ignored. Without a status it is ESME_ROK. */
export type Respond = (body?: ResponseBody) => void

export type CloseCause =
  /** We unbound. */
  | 'unbound'
  /** The peer unbound. */
  | 'peer_unbound'
  /** The peer ended the connection without unbind. */
  | 'peer_closed'
  /** The connection broke; `detail` is the error. */
  | 'connection_lost'
  /** What came was no SMPP. */
  | 'garbage'
  /** enquire_link was not answered. */
  | 'silent'
  /** session_init_timer. */
  | 'not_bound_in_time'
  /** inactivity_timer. */
  | 'inactive'
  /** `close()` was called. */
  | 'closed'

export interface Closed {
  readonly cause: CloseCause
  readonly detail: string
}

/** A response that belongs to no request that waits: late, never asked for, or of another command. It changes nothing. */
export interface StrayResponse {
  readonly kind: 'late' | 'unknown' | 'wrong_command'
  readonly pdu: ResponsePdu
}

/** All are called within the session's own turn; what one throws ends up in `onFault`. */
export interface SessionHooks {
  /** Every request of the peer that is allowed, except enquire_link and unbind. Binds come here too: `respond({})` accepts. */
  onRequest?(pdu: RequestPdu, respond: Respond): void
  /** Exactly once, after every waiting request got its answer. */
  onClose?(closed: Closed): void
  /** Every PDU in either direction, as it stands on the wire; for evidence. `bytes` is a view. */
  onPdu?(direction: 'in' | 'out', bytes: Buffer, pdu: Pdu | PduDraft | Malformed): void
  /** A place in the window came free and nothing waits for it: called once after a read, not once a response. */
  onRoom?(): void
  onStray?(stray: StrayResponse): void
  /** A PDU that could not be read, or was not allowed; it has been answered with `answer`. */
  onRefused?(pdu: Pdu | Malformed, answer: number): void
  /** Something a hook threw. */
  onFault?(error: unknown): void
}

/** What may be looked at while a session lives. */
export interface SessionFigures {
  /** Requests of ours without a response, and those that wait for a place in the window. */
  readonly outstanding: number
  readonly waiting: number
  /** Requests of the peer that we have not answered. */
  readonly unanswered: number
  readonly isReadingStopped: boolean
  readonly pdusIn: number
  readonly pdusOut: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** `clock.elapsedMs()` of the last octet from the peer. */
  readonly lastReadMs: number
}
