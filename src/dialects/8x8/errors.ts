// A refusal in this vendor's words: one envelope for most, three for voice. There is no list of faults in any of them, so
// the first is told. Reference section 4.

import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { codeOf, refusedStatus } from '#reasons/dictionary.ts'
import { detailOf, type Refusal } from '#reasons/refusal.ts'
import { callflowCode } from './callflow-codes.ts'
import { codes } from './codes.ts'
import { json, timestamp } from './formats.ts'
import type { Shape } from './knock.ts'

export function refusedAnswer(refusal: Refusal, shape: Shape, errorId: string, nowMs: number): HttpAnswer & { code: string } {
  const rendered = codeOf(codes, refusal)
  const message = `${rendered.message}: ${detailOf(refusal)}`
  const at = timestamp(nowMs)
  let status = refusedStatus(rendered.http)
  let body: object
  if (shape === 'voice_config') {
    // Section 13: bad input of any kind is 422 here, and statusCode is a text.
    if (status === 400) status = 422
    body = { errorId, statusCode: String(status), statusMessage: message, timestamp: at }
  } else if (shape === 'voice_numbers') body = { statusCode: status, statusMessage: message, timestamp: at }
  else if (shape === 'voice_calls') {
    const { code, status: own } = callflowCode(refusal, status)
    status = own
    body = { sessionStatus: 'NOT_CREATED', callFlowRequestId: errorId, statusCode: code, statusMessage: message }
  } else body = { code: rendered.body ?? status, message, errorId, timestamp: at }
  const answer = json(status, body, headersOf(refusal, status))
  return { ...answer, code: rendered.code ?? String(status) }
}

function headersOf(refusal: Refusal, status: number): Record<string, string> {
  const allowed = refusal.reason === 'api.method_not_allowed' ? (refusal.params['allowed'] as readonly string[]) : undefined
  return { ...(allowed && { allow: allowed.join(', ') }), ...(status === 401 && { 'www-authenticate': 'Bearer' }) }
}
