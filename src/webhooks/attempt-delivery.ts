// One attempt of one delivery: the URL, then its fallback; what came back; what that means. Decides whether it is tried
// again and when. Writes nothing: what it gives is stored by the dispatcher.

import { isFailure, shownUrl, type FetchGuarded, type OutgoingAnswer, type OutgoingFailure } from '#protocols/http/outgoing.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import type { WebhookAttemptRow } from '#store/webhook-attempts.ts'
import type { WebhookDeliveryRow, WebhookOutcome } from '#store/webhook-deliveries.ts'
import type { Clock } from '#values/clock.ts'
import { reasonOfFailure, reasonOfStatus } from './failure-reason.ts'
import type { Delivery, Rendered, WebhookForm, WebhookForms } from './webhook-form.ts'

export interface AttemptParts {
  readonly clock: Clock
  readonly fetch: FetchGuarded
  readonly forms: WebhookForms
  readonly random: () => number
  /** What went wrong on our side. */
  readonly onFault: (cause: unknown) => void
}

export interface Attempted {
  readonly outcome: WebhookOutcome
  readonly notes: readonly WebhookAttemptRow[]
  /** Whether the server of the URL itself did its part. */
  readonly firstFailed: boolean
}

/** From the first attempt to the last. */
export const tryForMs = 24 * 3600 * 1000
const firstWaitMs = 2_000
const longestWaitMs = 4 * 3600 * 1000
/** A server may ask for patience, up to this. */
const retryAfterAtMostMs = 3600 * 1000
const keptBodyBytes = 2048
const keptHeaderBytes = 4096
const limits = { totalMs: 15_000, connectMs: 5_000, headersMs: 15_000, maxBytes: 64 * 1024 }

/** Standard Webhooks: 410 says that nobody is there any more, and never will be. */
const gone = 410

export function deliveryOf(row: WebhookDeliveryRow): Delivery {
  return {
    id: row.id,
    accountId: row.account_id,
    endpointId: row.endpoint_id,
    face: row.face,
    kind: row.kind,
    noun: row.noun,
    nounId: row.noun_id,
    method: row.method as Delivery['method'],
    url: row.url,
    subject: row.subject === null ? null : (JSON.parse(row.subject) as object),
    loopback: row.loopback === 1,
  }
}

/** Never throws. `skipFirst`: the fallback alone is asked. */
export async function attemptDelivery(parts: AttemptParts, row: WebhookDeliveryRow, skipFirst: boolean): Promise<Attempted> {
  const form = parts.forms.get(row.face)
  const delivery = deliveryOf(row)
  const attempt = row.attempts + 1
  const first: Rendered = {
    method: row.method as Rendered['method'],
    url: row.url,
    headers: JSON.parse(row.headers) as Record<string, string>,
    body: row.body,
  }
  const fallback = row.fallback === null ? undefined : (JSON.parse(row.fallback) as Rendered)
  const notes: WebhookAttemptRow[] = []
  let told: Told | undefined
  let firstFailed = false
  if (!form) parts.onFault(new Error(`no form tells webhooks of ${row.face}`))
  else {
    for (const [step, rendered] of [first, fallback].entries()) {
      if (!rendered || (step === 0 && skipFirst && fallback)) continue
      told = await request(parts, form, delivery, rendered)
      notes.push(noteOf(row, attempt, step, rendered, told))
      if (told.arrived) break
      firstFailed ||= step === 0
    }
  }
  if (told?.arrived === false && told.reason) await tellMissed(form, delivery, told.reason, parts.onFault)
  const outcome = outcomeOf(parts, form, row, attempt, told)
  if (outcome.state === 'failed') await tellGivenUp(form, row, outcome.reason, parts.onFault)
  return { outcome, notes, firstFailed }
}

/** A form that acts on it may do so; what goes wrong there is no reason to tell it again. */
export async function tellGivenUp(
  form: WebhookForm | undefined,
  row: WebhookDeliveryRow,
  reason: string | null,
  onFault: AttemptParts['onFault'],
): Promise<void> {
  try {
    await form?.failed?.(deliveryOf(row), reason ?? '')
  } catch (cause) {
    onFault(cause)
  }
}

async function tellMissed(form: WebhookForm | undefined, delivery: Delivery, reason: Refusal, onFault: AttemptParts['onFault']) {
  try {
    await form?.missed?.(delivery, reason)
  } catch (cause) {
    onFault(cause)
  }
}

interface Told {
  readonly arrived: boolean
  /** Why not; or what was wrong with an answer that has arrived. */
  readonly reason: Refusal | undefined
  readonly result: OutgoingAnswer | OutgoingFailure
  readonly headers: Readonly<Record<string, string>>
  readonly atMs: number
}

async function request(parts: AttemptParts, form: WebhookForm, delivery: Delivery, rendered: Rendered): Promise<Told> {
  const atMs = parts.clock.nowMs()
  let { headers } = rendered
  try {
    if (form.sign) headers = { ...headers, ...(await form.sign(delivery, rendered, atMs)) }
    const { method, url, body } = rendered
    const result = await parts.fetch({
      method,
      url,
      headers,
      body: method === 'GET' ? null : body,
      limits,
      loopback: delivery.loopback,
      cut: !form.answered,
    })
    if (isFailure(result)) return { arrived: false, reason: reasonOfFailure(result), result, headers, atMs }
    const answer = { status: result.status, headers: result.headers, body: result.body, url }
    const accepted = form.accepts ? form.accepts(answer) : result.status >= 200 && result.status < 300
    if (!accepted) return { arrived: false, reason: reasonOfStatus(result.status), result, headers, atMs }
    return { ...(await actOn(parts, form, delivery, answer)), result, headers, atMs }
  } catch (cause) {
    // What a form needs from elsewhere before it may ask, such as a token, was not to be had.
    const reason = cause instanceof Refusal ? cause : refusal('webhook.answer_not_handled')
    if (reason !== cause) parts.onFault(cause)
    const failed = { kind: 'protocol', detail: '' } as const
    return {
      arrived: false,
      reason,
      result: { failed, tookMs: 0, address: '' },
      headers,
      atMs,
    }
  }
}

async function actOn(
  parts: AttemptParts,
  form: WebhookForm,
  delivery: Delivery,
  answer: Parameters<NonNullable<WebhookForm['answered']>>[1],
): Promise<Pick<Told, 'arrived' | 'reason'>> {
  try {
    await form.answered?.(delivery, answer)
    return { arrived: true, reason: undefined }
  } catch (cause) {
    // It has arrived; that the answer is no good is not mended by asking again.
    if (cause instanceof Refusal) return { arrived: true, reason: cause }
    parts.onFault(cause)
    return { arrived: false, reason: refusal('webhook.answer_not_handled') }
  }
}

function outcomeOf(
  parts: AttemptParts,
  form: WebhookForm | undefined,
  row: WebhookDeliveryRow,
  attempts: number,
  told: Told | undefined,
): WebhookOutcome {
  const now = parts.clock.nowMs()
  const status = told && !isFailure(told.result) ? told.result.status : null
  const why = told ? told.reason : refusal('webhook.answer_not_handled')
  const base = { id: row.id, attempts, status, reason: why?.reason ?? null, params: why ? JSON.stringify(why.params) : null }
  if (told?.arrived) return { ...base, state: 'delivered', due_ms: row.due_ms, ended_ms: now }
  const due = status === gone ? undefined : nextAttemptMs(parts, form, row, attempts, told, now)
  if (due === undefined) return { ...base, state: 'failed', due_ms: row.due_ms, ended_ms: now }
  return { ...base, state: 'pending', due_ms: due, ended_ms: null }
}

function nextAttemptMs(
  { random }: AttemptParts,
  form: WebhookForm | undefined,
  row: WebhookDeliveryRow,
  attempts: number,
  told: Told | undefined,
  now: number,
): number | undefined {
  // Each replay has all the attempts that the first telling had.
  const made = attempts - row.attempts_before
  if (now >= row.deadline_ms) return undefined
  const table = form?.retryAfterMs
  if (table) {
    const wait = table[made - 1]
    return wait === undefined ? undefined : now + wait
  }
  const plain = Math.min(firstWaitMs * 3 ** Math.min(made - 1, 20), longestWaitMs) * (0.8 + 0.4 * random())
  const asked = told && !isFailure(told.result) ? retryAfterMs(told.result.headers['retry-after'], now) : 0
  // The last attempt is made at the end of the time, not before.
  return Math.round(Math.min(now + Math.max(plain, asked), row.deadline_ms))
}

/** RFC 9110 10.2.3: seconds or a date. */
function retryAfterMs(header: string | readonly string[] | undefined, now: number): number {
  if (typeof header !== 'string') return 0
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), retryAfterAtMostMs)
}

/** A log shows nobody what proves who we are to a customer's server. */
const shownHeaders = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, isSecretHeader(name) ? '***' : value]))
const isSecretHeader = (name: string): boolean => name === 'authorization' || name.endsWith('-token')

function noteOf(row: WebhookDeliveryRow, attempt: number, step: number, rendered: Rendered, told: Told): WebhookAttemptRow {
  const { result, reason } = told
  const answered = isFailure(result) ? undefined : result
  return {
    delivery_id: row.id,
    attempt,
    step,
    account_id: row.account_id,
    at_ms: told.atMs,
    took_ms: result.tookMs,
    method: rendered.method,
    url: shownUrl(rendered.url),
    address: result.address,
    headers: JSON.stringify(shownHeaders(told.headers)),
    status: answered?.status ?? null,
    answer_headers: answered ? JSON.stringify(answered.headers).slice(0, keptHeaderBytes) : '{}',
    // PostgreSQL keeps no NUL in a text.
    answer_body: answered ? answered.body.subarray(0, keptBodyBytes).toString('utf8').replaceAll('\0', '\uFFFD') : '',
    reason: reason?.reason ?? null,
    detail: isFailure(result) ? result.failed.detail : '',
  }
}
