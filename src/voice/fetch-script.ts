// One page of a script: asked, retried once where that is safe, read by the form of the face. What goes wrong is a value with its
// reason and with what went over the wire, for whoever wrote the page. Decides nothing about what comes next: run-script.ts does.

import { isFailure, shownUrl, type FetchGuarded, type OutgoingAnswer, type OutgoingFailure } from '#protocols/http/outgoing.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import { reasonOfFailure, reasonOfStatus } from '#webhooks/failure-reason.ts'
import type { CallView, Occasion, Script, ScriptForm, ScriptMemory, ScriptRequest, VerbResult } from './script-form.ts'
import type { Page } from './verbs/verb.ts'

export interface FetchScriptParts {
  readonly fetch: FetchGuarded
  /** Whether addresses of this machine are allowed: for the sandbox account. */
  readonly loopback: boolean
}

export interface ScriptAsk {
  readonly form: ScriptForm
  readonly page: Page
  readonly occasion: Occasion
  readonly call: CallView
  readonly memory: ScriptMemory
}

/** What went over the wire, for the timeline of the call. Absent parts did not happen. */
export interface ScriptExchange {
  readonly request: ScriptRequest
  /** Where it was answered from, and how long it took. */
  readonly address: string
  readonly tookMs: number
  /** How often it was sent: 1 or 2. */
  readonly tries: number
  readonly answer?: { readonly status: number; readonly headers: OutgoingAnswer['headers']; readonly body: Buffer }
}

export type FetchedScript =
  | { readonly script: Script; readonly exchange: ScriptExchange }
  | { readonly refusal: Refusal; readonly exchange?: ScriptExchange }

const usualTimeoutMs = 6_000
const connectMs = 3_000
const maxBytes = 256 * 1024
const redirects = 3

/** Nobody was reached: nothing was sent, so it may be sent again, whatever it asks for. */
const unsent = /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EADDRNOTAVAIL)$/
/** What a server in front of the application says while the application restarts. */
const passing = new Set([502, 503, 504])

/** Never rejects for what a server or its author did. */
export async function fetchScript(parts: FetchScriptParts, ask: ScriptAsk): Promise<FetchedScript> {
  const { form, page, occasion, call, memory } = ask
  const request = withReason(await form.request(page, occasion, call, memory), occasion)
  const totalMs = form.timeoutMs ?? usualTimeoutMs
  let tries = 1
  let result = await send(parts, request, totalMs)
  const leftMs = totalMs - result.tookMs
  if (mayRepeat(request, result) && leftMs > 0) {
    tries = 2
    result = await send(parts, request, leftMs)
  }
  const sent = { request, address: result.address, tookMs: totalMs - leftMs + (tries === 2 ? result.tookMs : 0), tries }
  if (isFailure(result)) return { refusal: reasonOfFailure(result), exchange: sent }
  const { status, headers, body, url } = result
  const exchange: ScriptExchange = { ...sent, answer: { status, headers, body } }
  const isGood = form.accepts ? form.accepts(status) : status >= 200 && status <= 299
  if (!isGood) return { refusal: reasonOfStatus(status), exchange }
  // Sound that is to be played may be long; only its type is of use here.
  if (result.isCut && !/^audio\//i.test(typeText(headers))) return { refusal: whyCut(body, sent.tookMs, totalMs), exchange }
  // An answer whose author does not count, as that of a partial result.
  if (occasion.type === 'partial') return { script: { verbs: [], warnings: [] }, exchange }
  try {
    return { script: await form.read({ status, headers, body, url }, call, memory), exchange }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { refusal: error, exchange }
  }
}

/** What did not come about says why in the same headers as our answers do, whatever fields its face has for it. */
function withReason(request: ScriptRequest, occasion: Occasion): ScriptRequest {
  const why = occasion.type === 'result' ? whyOf(occasion.result) : occasion.type === 'error' ? occasion.refusal : undefined
  if (!why) return request
  const { reason, errorId } = why
  const told = { 'offhook-reason': reason, ...(errorId !== undefined && { 'offhook-error-id': errorId }) }
  return { ...request, headers: { ...request.headers, ...told } }
}

const whyOf = (result: VerbResult): Refusal | undefined => ('refusal' in result ? result.refusal : undefined)

/** The page as it may be shown: without user, password and query, where the fields of a GET stand. */
export const shownPage = ({ url }: Pick<Page, 'url'>): string => shownUrl(url).replace(/\?.*$/s, '')

function send({ fetch, loopback }: FetchScriptParts, request: ScriptRequest, totalMs: number) {
  const { method, url, headers, body } = request
  const limits = { totalMs, connectMs: Math.min(connectMs, totalMs), headersMs: totalMs, maxBytes }
  return fetch({ method, url, headers, body: method === 'GET' ? null : body, limits, loopback, redirects, cut: true })
}

/** What it did not get to the end of: too much, too slow, or a connection that broke. */
function whyCut(body: Buffer, tookMs: number, totalMs: number): Refusal {
  if (body.length >= maxBytes) return refusal('webhook.answer_too_large', { cause: `more than ${maxBytes} bytes` })
  if (tookMs >= totalMs) return refusal('webhook.timed_out', { phase: 'body' })
  return refusal('webhook.answer_unreadable', { cause: 'the connection ended within the answer' })
}

/** RFC 9110 9.2.2: what only reads may be asked again when the network failed; what was never sent may be in any case. */
function mayRepeat({ method }: ScriptRequest, result: OutgoingAnswer | OutgoingFailure): boolean {
  if (!isFailure(result)) return method === 'GET' && passing.has(result.status)
  const { kind, detail } = result.failed
  return kind === 'connect' && (method === 'GET' || unsent.test(detail))
}

function typeText(headers: OutgoingAnswer['headers']): string {
  const type = headers['content-type']
  return typeof type === 'string' ? type : ''
}
