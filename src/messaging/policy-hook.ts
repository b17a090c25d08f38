// The operator's own decision point: an HTTP server that is asked before a message is accepted, or a call. It says yes, or no with the
// name of a rule; anything else, also silence, is a failure, and then nothing is sent: who set up a gate wants it closed
// when the keeper is gone. It is asked once, is told no text, and is not asked about
// messages that come in.
//
//   POST {"account":"acc_...","kind":"message","from":"+1...","to":"+1..."}  ->  200 {"allow":true}
//                                                                            ->  200 {"allow":false,"reason":"no messages at night"}
//
// `kind` is message, call.incoming or call.outgoing.

import type { Account } from '#accounts/account.ts'
import { isFailure, type FetchGuarded } from '#protocols/http/outgoing.ts'
import { refuse } from '#reasons/refusal.ts'
import type { MessageWish } from './message-wish.ts'

export interface PolicyHookParts {
  /** Undefined: nobody is asked. May change while running. */
  readonly url: () => string | undefined
  readonly fetch: FetchGuarded
  /** As the operator knows it. */
  showAccount(id: number): string
}

export type PolicyKind = 'message' | 'call.incoming' | 'call.outgoing'

/** Whoever sends or calls waits for it. */
const limits = { totalMs: 3_000, connectMs: 1_000, headersMs: 3_000, maxBytes: 16 * 1024 }
const ruleChars = 200

interface Verdict {
  readonly allow?: unknown
  readonly reason?: unknown
}

/** What is asked gives policy.session_blocked, policy.hook_failed. */
export function policyHook({ url, fetch, showAccount }: PolicyHookParts) {
  return (account: Account, wish: Pick<MessageWish, 'from' | 'to'>, kind: PolicyKind = 'message'): Promise<void> | undefined => {
    const at = url()
    return at === undefined ? undefined : ask(fetch, at, showAccount(account.id), kind, wish)
  }
}

async function ask(
  fetch: FetchGuarded,
  url: string,
  account: string,
  kind: PolicyKind,
  { from, to }: Pick<MessageWish, 'from' | 'to'>,
) {
  const answer = await fetch({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ account, kind, from, to }),
    limits,
  })
  if (isFailure(answer)) refuse('policy.hook_failed', {}, { evidence: `${answer.failed.kind} ${answer.failed.detail}` })
  const { allow, reason } = verdictIn(answer.body)
  if (answer.status !== 200 || typeof allow !== 'boolean')
    refuse('policy.hook_failed', {}, { evidence: `status ${answer.status}, allow ${typeof allow}` })
  if (!allow) refuse('policy.session_blocked', typeof reason === 'string' ? { rule: reason.slice(0, ruleChars) } : {})
}

function verdictIn(body: Buffer): Verdict {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
