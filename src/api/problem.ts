// Refusals of the native API: RFC 9457 problem details, with reason, whose fault, whether to retry, and what to do.

import { catalogue, type Slug } from '#reasons/catalogue.ts'
import { refusedStatus } from '#reasons/dictionary.ts'
import { detailOf, type Refusal } from '#reasons/refusal.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly reason: string
  readonly fault: string
  readonly retry: string
  readonly retryAfterMs?: number
  readonly params: object
  readonly errors: readonly { reason: string; detail: string; params: object }[]
  readonly errorId: string
  readonly remedy: string
  readonly help: string
}

export const statusOfRefusal = (slug: Slug): number => refusedStatus(catalogue[slug].http)

export function problemOf(refused: Refusal, errorId: string, publicUrl: string): Problem {
  const reason = catalogue[refused.reason]
  const help = `${publicUrl}/reasons/${refused.reason}`
  return {
    type: help,
    title: reason.title,
    status: statusOfRefusal(refused.reason),
    detail: detailOf(refused),
    reason: refused.reason,
    fault: reason.fault,
    retry: reason.retry,
    ...(refused.retryAfterMs !== undefined && { retryAfterMs: refused.retryAfterMs }),
    params: refused.params,
    errors: refused.errors.map((one) => ({ reason: one.reason, detail: detailOf(one), params: one.params })),
    errorId,
    remedy: reason.remedy,
    help,
  }
}

export function problemAnswer(refused: Refusal, errorId: string, publicUrl: string): HttpAnswer {
  const problem = problemOf(refused, errorId, publicUrl)
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    'content-language': 'en',
    'cache-control': 'no-store',
  }
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer realm="Offhook"'
  if (refused.reason === 'api.method_not_allowed') headers['allow'] = (refused.params['allowed'] as readonly string[]).join(', ')
  return { status: problem.status, headers, body: JSON.stringify(problem) }
}
