// What our own webhooks say of a thing: its event's data with ids and moments as the native API shows them. Numbers that
// name something and are not known to be one of our ids are left out: an id is guessable until it is shown in a face's form.

import type { Noun } from '#operations/fields.ts'
import { reasonView } from '#operations/messages/message-view.ts'
import type { NativeIds } from './native-ids.ts'

/** Members that hold the id of another thing. */
const nouns: Readonly<Record<string, Noun>> = {
  account: 'account',
  accountId: 'account',
  userId: 'user',
  applicationId: 'application',
  numberId: 'number',
  batchId: 'messageBatch',
  carrierId: 'carrier',
  messageId: 'message',
  contactId: 'contact',
  endpointId: 'endpoint',
}

/** What is of no use outside, or another face's. */
const inner = new Set(['custom', 'queues', 'queue', 'credentialId', 'happenedMs'])
/** Told as one, as where a message is read. */
const ofReason = new Set(['reason', 'params', 'cause'])

export function webhookData(ids: NativeIds) {
  return (noun: string, nounId: number, data: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    const shown: Record<string, unknown> = { id: ids.showOf(noun, nounId) }
    const isMessage = noun === 'messages'
    if (isMessage) shown['reason'] = reasonOf(data)
    for (const [name, value] of Object.entries(data)) {
      if (name === 'id' || inner.has(name) || (isMessage && ofReason.has(name))) continue
      if (name === 'account') shown['accountId'] = showId(ids, name, value)
      else if (name.endsWith('Ms') && isMoment(name)) shown[`${name.slice(0, -2)}At`] = showMoment(value)
      else if (name === 'clientRef') shown['reference'] = value
      else if (name.endsWith('Id')) shown[name] = showId(ids, name, value)
      else if (name === 'media' && Array.isArray(value)) shown[name] = value.map((one) => showMedia(ids, one))
      else shown[name] = value
    }
    return shown
  }
}

function reasonOf({ reason, params, cause }: Readonly<Record<string, unknown>>): unknown {
  if (typeof reason !== 'string' || reason === '') return null
  const json = typeof params === 'string' ? params : JSON.stringify(params ?? {})
  return reasonView({ reason, params: json, cause: typeof cause === 'string' ? cause : null })
}

/** Durations end in Ms as well. */
const isMoment = (name: string): boolean => /^(?:created|updated|sent|ended|happened|expires|due|bought|deadline)Ms$/.test(name)

const showMoment = (value: unknown): unknown => (typeof value === 'number' ? new Date(value).toISOString() : value)

function showId(ids: NativeIds, name: string, value: unknown): unknown {
  if (typeof value !== 'number') return value
  const noun = nouns[name]
  return noun ? ids.show(noun, value) : undefined
}

function showMedia(ids: NativeIds, one: unknown): unknown {
  if (typeof one === 'number') return ids.show('media', one)
  if (typeof one !== 'object' || one === null || !('id' in one)) return one
  return { ...one, id: typeof one.id === 'number' ? ids.show('media', one.id) : one.id }
}
