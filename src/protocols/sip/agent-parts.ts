// What whatever is within a dialog needs of the user agent, and the small readings that sessions and calls share.

import type { SipRequest, SipResponse } from './message.ts'
import { parseReasons } from './reason-header.ts'
import type { Credentials, RespondOptions, SessionTimerOptions } from './session-parts.ts'
import type { SipStack } from './sip-stack.ts'
import type { ExtraHeaders, Flow, ResponseOptions, SipCause } from './stack-parts.ts'

export interface Agent {
  readonly stack: SipStack
  readonly timer: SessionTimerOptions
  /** Allow and Supported, for what says what we can. */
  readonly abilities: ExtraHeaders
  /** Our Contact over this flow. */
  contact(flow: Flow, user: string, secure: boolean): string
  /** The Authorization or Proxy-Authorization that answers a 401 or 407; undefined when we cannot. */
  answerChallenge(request: SipRequest, response: SipResponse, credentials: Credentials): readonly [string, string][] | undefined
}

/** The extensions offered (Supported); a request that requires another gets 420 (RFC 3261 8.2.2.3). */
export const extensions = ['100rel', 'timer', 'replaces', 'norefersub'] as const

/** The abilities of an INVITE whose provisionals get no PRACK (RFC 3262 4). */
export const withoutPrack = (abilities: ExtraHeaders): readonly (readonly [string, string])[] =>
  [...abilities].map(([name, value]) => [name, name === 'Supported' ? value.replace('100rel, ', '') : value])

/** The cause that a final response beyond 2xx is; `method` is what it answers. */
export const refusalOf = (response: SipResponse, method: string): SipCause & { kind: 'response' } => ({
  kind: 'response',
  status: response.status,
  phrase: response.phrase,
  reasons: parseReasons(response),
  headers: response.headers,
  method,
})

/** What a response of ours in a dialog says (12.1.1, 13.3.1): Contact, Allow and Supported, then `more`, then what the layer above adds. */
export function answerIn(
  session: { contact(flow: Flow): string },
  agent: Agent,
  flow: Flow,
  options: RespondOptions | undefined,
  more: readonly [string, string][] = [],
): ResponseOptions {
  const contact: [string, string] = ['Contact', session.contact(flow)]
  return { phrase: options?.phrase, headers: [contact, ...agent.abilities, ...more, ...(options?.headers ?? [])] }
}

/**
 * 12.2.1.2: the peer knows the dialog no more, or is gone; RFC 5626 11.1: so is the flow that leads to it (430). A NOTIFY that nobody takes ends
 * its subscription and not the call (RFC 5057 5.3, RFC 6665 4.2.2).
 */
export const endsDialog = (cause: SipCause): boolean => {
  if ('method' in cause && cause.method === 'NOTIFY') return false
  return cause.kind === 'timeout' || (cause.kind === 'response' && [408, 430, 481].includes(cause.status))
}

/** The cause of a BYE or CANCEL of the peer. */
export const endOf = (kind: 'bye' | 'cancel', request: SipRequest): SipCause => ({
  kind,
  reasons: parseReasons(request),
  headers: request.headers,
})
