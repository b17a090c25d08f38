// What this vendor's webhooks say of messages (reference section 8): JSON in an envelope, or for hooks of the older configuration the
// flat receipt of before, with the status of then and its reason code (section 7). Not signed: an Authorization header, fixed or by
// OAuth's client credentials (RFC 6749 4.4), says who we are, and is put on at each attempt, so that no delivery keeps it.

import { loadAccount, pathIds } from '#accounts/account.ts'
import type { WebhookFormParts } from '#operations/face-parts.ts'
import { isFailure } from '#protocols/http/outgoing.ts'
import { refuse } from '#reasons/refusal.ts'
import { reasonOfFailure, reasonOfStatus } from '#webhooks/failure-reason.ts'
import type { Delivery, WebhookForm } from '#webhooks/webhook-form.ts'
import { timestamp, told } from './formats.ts'
import type { VoiceSubject } from './voice-target.ts'
import type { HookSubject } from './hook-targets.ts'
import { hooksFor, type KeptHook } from './hooks.ts'
import { face, Ids } from './ids.ts'
import { encodingShown, priceShown } from './message-shown.ts'
import { legacyStatus, statusShown, type Stand } from './message-status.ts'
import { voiceHook, voiceHooksKnown, type HookType } from './voice-hooks.ts'

const jsonType = { 'content-type': 'application/json; charset=utf-8' }

const standOf = (message: HookSubject): Stand => ({ ...message, atMs: message.happenedMs })

export function eightWebhookForm(parts: WebhookFormParts): WebhookForm {
  const { store, key } = parts
  const ids = new Ids(key)
  const tokens = new Tokens(parts)
  const voice = voiceHooksKnown(store)
  return {
    face,
    // Section 8: after the fourth it is given up.
    retryAfterMs: [1_000, 10_000, 30_000, 90_000],
    async render(target) {
      if ('voice' in target.subject)
        return {
          method: 'POST',
          url: target.url,
          headers: jsonType,
          body: JSON.stringify((target.subject as VoiceSubject).voice.body),
        }
      const message = target.subject as HookSubject
      const subAccountId = await ids.subAccountId(store, target.accountId)
      const body = message.hook?.form === 'old' ? flat(ids, message, subAccountId) : enveloped(ids, message, subAccountId)
      return { method: 'POST', url: target.url, headers: jsonType, body: JSON.stringify(body) }
    },
    async sign(delivery): Promise<Record<string, string>> {
      if (delivery.kind.startsWith('voice.')) return ofVoice(delivery)
      const hook = await hookOf(delivery)
      if (hook?.httpAuthorization !== undefined) return { authorization: key.open(hook.httpAuthorization) }
      if (hook?.oauth) return { authorization: `Bearer ${await tokens.of(hook.oauth, delivery.loopback)}` }
      return {}
    },
  }

  /** As its hook has it now; one that points elsewhere meanwhile is shown nothing. */
  async function ofVoice({ accountId, kind, url }: Delivery): Promise<Record<string, string>> {
    const hook = await voiceHook(voice, accountId, kind.slice('voice.'.length).toUpperCase() as HookType)
    return hook?.url === url && hook.httpAuthHeader !== undefined ? { authorization: key.open(hook.httpAuthHeader) } : {}
  }

  /** That of a message's own URL is nobody's hook, and nothing is shown there but to the hook of the same URL. */
  async function hookOf({ accountId, url }: Delivery): Promise<KeptHook | undefined> {
    const account = await loadAccount(store, accountId)
    const hooks = account ? await hooksFor(store, accountId, pathIds(account.path)) : []
    return hooks.find((hook) => hook.url === url)
  }
}

function enveloped(ids: Ids, message: HookSubject, subAccountId: string): object {
  const { batchId, segments, clientRef, custom } = message
  const umid = ids.guid('message', message.id)
  const price = priceShown(message.priceMicro, segments, message.currency)
  const envelope = { namespace: 'SMS' }
  if (message.direction === 'in') {
    const payload = {
      umid,
      subAccountId,
      timestamp: timestamp(message.createdMs),
      source: message.from,
      destination: message.to,
      body: message.text,
      encoding: encodingShown(message),
      smsCount: segments,
      ...price,
    }
    return { ...envelope, eventType: 'inbound_message_received', description: 'inbound message', payload }
  }
  const payload = {
    umid,
    ...(batchId !== null && { batchId: ids.guid('messageBatch', batchId) }),
    ...told('clientMessageId', clientRef),
    ...told('clientBatchId', custom['clientBatchId'] as string | undefined),
    subAccountId,
    source: message.from,
    destination: message.to,
    status: statusShown(standOf(message), 'receipt'),
    ...price,
    smsCount: segments,
  }
  return { ...envelope, eventType: 'outbound_message_status_changed', description: 'receipt', payload }
}

/** Section 8, the receipt of before: what is not known stands as null. */
function flat(ids: Ids, message: HookSubject, subAccountId: string): object {
  const { batchId, clientRef, custom, direction, segments, priceMicro, currency } = message
  const shared = {
    umid: ids.guid('message', message.id),
    subAccountId,
    source: message.from,
    destination: message.to,
    timestamp: timestamp(message.happenedMs),
    price: priceMicro === 0 ? null : priceMicro / 1_000_000,
    currency: priceMicro === 0 ? null : currency,
    version: message.hook!.version ?? 1,
  }
  if (direction === 'in')
    return { eventType: 'inboundMessage', ...shared, body: message.text, encoding: encodingShown(message), smsCount: segments }
  return {
    eventType: 'outboundMessageDelivery',
    ...shared,
    batchId: batchId === null ? null : ids.guid('messageBatch', batchId),
    clientMessageId: clientRef === '' ? null : clientRef,
    clientBatchId: (custom['clientBatchId'] as string | undefined) ?? null,
    ...legacyStatus(standOf(message)),
  }
}

type OAuth = NonNullable<KeptHook['oauth']>

/** A token is asked for anew this long before it lapses. */
const earlyMs = 30_000
const usualSeconds = 300
const tokensAtMost = 10_000

/** Access tokens by client credentials, kept while they live. */
class Tokens {
  readonly #parts: Pick<WebhookFormParts, 'fetch' | 'key' | 'clock'>
  readonly #kept = new Map<string, { readonly token: string; readonly untilMs: number }>()

  constructor(parts: Pick<WebhookFormParts, 'fetch' | 'key' | 'clock'>) {
    this.#parts = parts
  }

  /** What the token endpoint fails with, the attempt fails with. */
  async of(oauth: OAuth, loopback: boolean): Promise<string> {
    const { clock } = this.#parts
    const name = JSON.stringify(oauth)
    const kept = this.#kept.get(name)
    if (kept && kept.untilMs > clock.nowMs()) return kept.token
    const { access_token: token, expires_in: seconds } = await this.#ask(oauth, loopback)
    const livesMs = (typeof seconds === 'number' ? seconds : usualSeconds) * 1000
    if (this.#kept.size >= tokensAtMost) this.#kept.clear()
    this.#kept.set(name, { token, untilMs: clock.nowMs() + Math.max(0, livesMs - earlyMs) })
    return token
  }

  async #ask({ url, clientId, clientSecret, credentialsLocation, scope }: OAuth, loopback: boolean) {
    const secret = this.#parts.key.open(clientSecret)
    const fields = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) })
    const headers: Record<string, string> = {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    }
    if (credentialsLocation === 'header')
      headers['authorization'] = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
    else {
      fields.set('client_id', clientId)
      fields.set('client_secret', secret)
    }
    const answer = await this.#parts.fetch({ method: 'POST', url, headers, body: fields.toString(), loopback })
    if (isFailure(answer)) throw reasonOfFailure(answer)
    if (answer.status !== 200) throw reasonOfStatus(answer.status)
    return tokenIn(answer.body.toString())
  }
}

/** RFC 6749 5.1. Gives webhook.answer_unreadable. */
function tokenIn(text: string): { readonly access_token: string; readonly expires_in?: unknown } {
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer === 'object' && answer !== null && 'access_token' in answer && typeof answer.access_token === 'string')
      return answer as { access_token: string }
  } catch {
    // Told below, as what is JSON without a token.
  }
  return refuse('webhook.answer_unreadable', { cause: 'no access_token' })
}
