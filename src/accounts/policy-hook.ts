// The operator's own decision point: an HTTP server that is asked before a message is accepted, a call goes out or comes in, a number is
// taken or an account is made below another. It says yes, or no with the name of a rule; anything else, also silence, is a failure, and then
// nothing is done, unless the operator wants it done all the same: who set up a gate mostly wants it closed when the keeper is gone. It
// is asked once, is told no text, and is not asked about messages that come in.
//
//   POST {"account":"acc_...","kind":"message","from":"+1...","to":"+1..."}  ->  200 {"allow":true}
//                                                                            ->  200 {"allow":false,"reason":"no messages at night"}
//
// `kind` is message, call.incoming, call.outgoing (with from and to), number (with the numbers) or account (with the name of the new one;
// `account` is the one above it).

import { isFailure, type FetchGuarded } from '#protocols/http/outgoing.ts'
import { refuse } from '#reasons/refusal.ts'
import type { Account } from './account.ts'

export interface PolicyHookParts {
  /** Undefined: nobody is asked. May change while running. */
  readonly url: () => string | undefined
  readonly fetch: FetchGuarded
  /** As the operator knows it. */
  showAccount(id: number): string
  /** How long it may think about it; 3,000 unless told. */
  readonly timeoutMs?: () => number
  /** Whether what it does not decide may be done. */
  readonly failsOpen?: () => boolean
  /** Told each time that happens. */
  failed?(kind: PolicyKind, account: number, evidence: string): void
}

export type PolicyKind = 'message' | 'call.incoming' | 'call.outgoing' | 'number' | 'account'

/** What it is asked about; nothing else of the wish is told. */
export interface PolicyWish {
  readonly from?: string
  readonly to?: string
  readonly numbers?: readonly string[]
  readonly name?: string
}

/** Undefined: nobody is asked. Gives policy.session_blocked, policy.hook_failed. */
export type AskPolicy = (account: Account, wish: PolicyWish, kind?: PolicyKind) => Promise<void> | undefined

const usualMs = 3_000
const connectMs = 1_000
const maxBytes = 16 * 1024
const ruleChars = 200

interface Verdict {
  readonly allow?: unknown
  readonly reason?: unknown
}

export function policyHook(parts: PolicyHookParts): AskPolicy {
  return (account, wish, kind = 'message') => {
    const url = parts.url()
    return url === undefined ? undefined : ask(parts, url, account, kind, wish)
  }
}

/** Whoever sends or calls waits for it. */
async function ask(parts: PolicyHookParts, url: string, account: Account, kind: PolicyKind, wish: PolicyWish): Promise<void> {
  const { from, to, numbers, name } = wish
  const totalMs = parts.timeoutMs?.() ?? usualMs
  const answer = await parts.fetch({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ account: parts.showAccount(account.id), kind, from, to, numbers, name }),
    limits: { totalMs, connectMs: Math.min(connectMs, totalMs), headersMs: totalMs, maxBytes },
  })
  const failed = (evidence: string): void => {
    if (!parts.failsOpen?.()) refuse('policy.hook_failed', {}, { evidence })
    parts.failed?.(kind, account.id, evidence)
  }
  if (isFailure(answer)) return failed(`${answer.failed.kind} ${answer.failed.detail}`)
  const { allow, reason } = verdictIn(answer.body)
  if (answer.status !== 200 || typeof allow !== 'boolean') return failed(`status ${answer.status}, allow ${typeof allow}`)
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
