// What our own webhooks say of a thing: its event's data with ids and moments as the native API shows them. Numbers that
// name something and are not known to be one of our ids are left out: an id is guessable until it is shown in a face's form.

import type { Noun } from '#operations/fields.ts'
import { reasonView } from '#operations/messages/message-view.ts'
import type { NativeIds } from './native-ids.ts'

/** Members that hold the id of another thing. */
const nouns: Readonly<Record<string, Noun>> = {
  accountId: 'account',
  userId: 'user',
  applicationId: 'application',
  numberId: 'number',
  batchId: 'messageBatch',
  carrierId: 'carrier',
  nextCarrierId: 'carrier',
  messageId: 'message',
  contactId: 'contact',
  endpointId: 'endpoint',
  callId: 'call',
  sessionId: 'call',
  parentId: 'call',
  recordingId: 'recording',
  conferenceId: 'conference',
  clientId: 'client',
}

/** Members that the log names in fewer words. */
const longer: Readonly<Record<string, string>> = {
  account: 'accountId',
  carrier: 'carrierId',
  next: 'nextCarrierId',
  call: 'callId',
  conference: 'conferenceId',
  clientRef: 'reference',
  deadlineMs: 'validUntil',
}

/** Of accounts that move: from which, to which, closed with which. Of a message they are its addresses, which are text. */
const ofAccounts = new Set(['from', 'to', 'with'])

/** What is of no use outside, or another face's. */
const inner = new Set(['custom', 'faceData', 'happening', 'headers', 'secret', 'queues', 'queue', 'credentialId', 'happenedMs'])
/** Told as one, as where a message is read. */
const ofReason = new Set(['reason', 'params', 'cause'])

export function webhookData(ids: NativeIds) {
  return (noun: string, nounId: number, data: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    const shown: Record<string, unknown> = { id: ids.showOf(noun, nounId) }
    const isMessage = noun === 'messages' || noun === 'calls'
    if (isMessage) shown['reason'] = reasonOf(data)
    for (const [member, value] of Object.entries(data)) {
      if (member === 'id' || inner.has(member) || (isMessage && ofReason.has(member))) continue
      const name = longer[member] ?? member
      if (member.endsWith('Ms') && isMoment(member)) shown[longer[member] ?? `${name.slice(0, -2)}At`] = showMoment(value)
      else if (ofAccounts.has(name) && typeof value === 'number') shown[name] = ids.show('account', value)
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
const isMoment = (name: string): boolean =>
  /^(?:created|updated|sent|ended|ringing|answered|happened|expires|due|bought|deadline)Ms$/.test(name)

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
