// The answer to a 401 or 407: RFC 3261 22.2, 22.3. A second challenge to the same answer is final, unless it says that the nonce was stale.

import { answerText, pickChallenge, type DigestLogin } from './digest.ts'
import type { SipRequest, SipResponse } from './message.ts'
import type { ExtraHeaders } from './stack-parts.ts'

/** The header to add to the request when it is sent again; undefined when there is nothing to say. `cnonce` is fresh random text. */
export function answerChallenge(
  request: SipRequest,
  response: SipResponse,
  login: DigestLogin,
  cnonce: string,
): readonly [string, string][] | undefined {
  const ofProxy = response.status === 407
  const name = ofProxy ? 'Proxy-Authorization' : 'Authorization'
  const challenge = pickChallenge(response.headers.all(ofProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate'))
  if (!challenge || (request.headers.has(name) && !challenge.stale)) return undefined
  return [[name, answerText({ challenge, login, method: request.method, uri: request.uri, cnonce })]]
}

/** The headers of the request that is sent again: with this answer, in place of one to a challenge whose nonce has gone stale. */
export function withAnswer(
  headers: ExtraHeaders | undefined,
  answer: readonly (readonly [string, string])[],
): (readonly [string, string])[] {
  return [...[...(headers ?? [])].filter(([name]) => name !== answer[0]?.[0]), ...answer]
}

const names = ['Authorization', 'Proxy-Authorization'] as const

/** The answers to challenges that a request has, for the ACK of its 2xx. */
export const answersIn = ({ headers }: SipRequest): readonly (readonly [string, string])[] =>
  names.flatMap((name) => headers.lines(name).map((value) => [name, value] as const))
