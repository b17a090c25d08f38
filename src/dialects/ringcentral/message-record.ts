// A message of an extension as this dialect shows it (reference 6.1 and 6.2).

import type { Caller } from '#accounts/caller.ts'
import type { EntryShown } from '#operations/mailbox/entry-view.ts'
import { readMediaOperation } from '#operations/media/read-media.ts'
import type { MessageValue } from '#operations/messages/message-view.ts'
import { readUserOperation } from '#operations/users/read-user.ts'
import type { UserShown } from '#operations/users/user-view.ts'
import { Refusal } from '#reasons/refusal.ts'
import { extensionUri } from './extension-view.ts'
import { isoTime } from './formats.ts'
import type { RingCentralKnock, Room } from './knock.ts'

export const availabilities = { kept: 'Alive', deleted: 'Deleted', purged: 'Purged' } as const

/** What failed or expired never reached the network, unless it was sent. A receipt that never came is no failure: the network has taken the message. */
const statuses: Readonly<Record<MessageValue['state'], string>> = {
  scheduled: 'Queued',
  queued: 'Queued',
  sent: 'Sent',
  unconfirmed: 'Sent',
  delivered: 'Delivered',
  undelivered: 'DeliveryFailed',
  expired: 'SendingFailed',
  failed: 'SendingFailed',
  canceled: 'SendingFailed',
  received: 'Received',
}

/** The vendor's own codes of failed deliveries, by our reason; the general ones for all others. */
const deliveryCodes: Readonly<Record<string, string>> = {
  'message.handset_unknown': 'SMS-CAR-411',
  'message.landline': 'SMS-CAR-411',
  'message.handset_unreachable': 'SMS-CAR-412',
  'message.recipient_opted_out': 'SMS-CAR-413',
  'message.blocked': 'SMS-CAR-430',
  'message.carrier_violation': 'SMS-CAR-430',
}

const statusOf = ({ state, sentAt }: MessageValue): string =>
  (state === 'expired' || state === 'failed') && sentAt !== null ? 'DeliveryFailed' : statuses[state]

function failureOf({ reason, final }: MessageValue): { deliveryErrorCode?: string } {
  if (!final || reason === null) return {}
  return { deliveryErrorCode: deliveryCodes[reason.slug] ?? (reason.fault === 'carrier' ? 'SMS-CAR-500' : 'SMS-RC-500') }
}

/** Of a group the furthest behind: it is delivered when all have it, and failed when nobody can have it any more. */
function statusOfGroup(messages: readonly MessageValue[]): string {
  const all = messages.map(statusOf)
  return ['Queued', 'Sent', 'Delivered', 'DeliveryFailed', 'SendingFailed'].find((one) => all.includes(one)) ?? all[0]!
}

/** Who looks, and how their uris begin. */
export type Looking = Pick<RingCentralKnock, 'base' | 'target'>

export type RecordOf = (entry: EntryShown) => Promise<Record<string, unknown>>

/** Only that there was something: what a synchronisation tells of what is deleted. */
export function stubOf(room: Room, knock: Looking, userId: number, id: number, place: EntryShown['place']) {
  const shown = room.ids.show('message', id)
  return { uri: uriOf(room, knock, userId, shown), id: shown, availability: availabilities[place] }
}

const uriOf = (room: Room, knock: Looking, userId: number, shown: number): string =>
  `${extensionUri(room, knock, knock.target!.caller.account.id, userId)}/message-store/${shown}`

/** Makes records of one answer; whoever is in several of them is read once. */
export function messageRecords(room: Room, knock: Looking): RecordOf {
  const { caller } = knock.target!
  const users = new Map<number, Promise<UserShown | undefined>>()
  const userOf = (id: number): Promise<UserShown | undefined> => {
    let found = users.get(id)
    if (!found) users.set(id, (found = userIfAny(room, caller, id)))
    return found
  }
  const extension = async (id: number) => {
    const user = await userOf(id)
    return {
      ...(user?.detail.extensionNumber !== undefined && { extensionNumber: user.detail.extensionNumber }),
      extensionId: String(room.ids.show('user', id)),
      ...(user && { name: user.name }),
    }
  }
  const named = async (phoneNumber: string, entry: EntryShown, isOwn: boolean) => {
    const user = isOwn ? await userOf(entry.userId) : undefined
    return { phoneNumber, ...(user && user.name !== '' && { name: user.name }) }
  }

  async function ofNetwork(entry: EntryShown, uri: string, id: number): Promise<object> {
    const { messages, direction } = entry
    const first = messages[0]!
    const isOut = direction === 'out'
    const isGroup = messages.length > 1
    const to = messages.map(async (one) => ({
      ...(await named(one.to, entry, !isOut)),
      ...(isGroup && { messageStatus: statusOf(one), ...failureOf(one) }),
    }))
    return {
      to: await Promise.all(to),
      from: await named(first.from, entry, isOut),
      type: 'SMS',
      messageStatus: isGroup ? statusOfGroup(messages) : statusOf(first),
      ...(!isGroup && failureOf(first)),
      ...(isOut && { smsSendingAttemptsCount: Math.max(...messages.map(({ attempts }) => attempts)) }),
      ...(first.state === 'delivered' && first.endedAt !== null && !isGroup && { smsDeliveryTime: isoTime(first.endedAt) }),
      attachments: [
        { id, uri: `${uri}/content/${id}`, type: 'Text', contentType: 'text/plain', size: Buffer.byteLength(first.text) },
        ...(await attachmentsOf(room, caller, uri, first)),
      ],
    }
  }

  async function internal({ internal: parties, direction }: EntryShown): Promise<object> {
    const { from, to, toDepartment = false } = parties!
    return {
      from: await extension(from),
      to: await Promise.all(to.map(extension)),
      type: 'Pager',
      messageStatus: direction === 'out' ? 'Sent' : 'Received',
      pgToDepartment: toDepartment,
      attachments: [],
    }
  }

  /** One attachment, the sound, under the message's own id. */
  async function voicemail(entry: EntryShown, uri: string, id: number): Promise<object> {
    const { from, to, durationMs, sizeBytes: size } = entry.voicemail!
    const sound = { type: 'AudioRecording', contentType: 'audio/wav', size, vmDuration: Math.round(durationMs / 1000) }
    return {
      from: await named(from, entry, false),
      to: [await named(to, entry, true)],
      type: 'VoiceMail',
      messageStatus: 'Received',
      vmTranscriptionStatus: 'NotAvailable',
      attachments: [{ id, uri: `${uri}/content/${id}`, ...sound }],
    }
  }

  const timesOf = (entry: EntryShown) => ({
    creationTime: isoTime(entry.createdAt),
    lastModifiedTime: isoTime(entry.changedAt),
    readStatus: entry.read ? 'Read' : 'Unread',
  })

  return async (entry) => {
    const { messages, userId, place } = entry
    const stub = stubOf(room, knock, userId, entry.id, place)
    if (entry.voicemail)
      return {
        uri: stub.uri,
        id: stub.id,
        ...(await voicemail(entry, stub.uri, stub.id)),
        ...timesOf(entry),
        priority: 'Normal',
        direction: 'Inbound',
        availability: stub.availability,
      }
    const [first] = messages
    if (!first) return stub
    const conversation = room.ids.show('conversation', entry.thread)
    const store = `${extensionUri(room, knock, caller.account.id, userId)}/message-store`
    return {
      uri: stub.uri,
      id: stub.id,
      ...(entry.internal ? await internal(entry) : await ofNetwork(entry, stub.uri, stub.id)),
      ...timesOf(entry),
      priority: first.priority === 'high' ? 'High' : 'Normal',
      direction: entry.direction === 'out' ? 'Outbound' : 'Inbound',
      availability: stub.availability,
      subject: first.text,
      conversationId: conversation,
      conversation: { id: String(conversation), uri: `${store}?conversationId=${conversation}` },
    }
  }
}

async function attachmentsOf(room: Room, caller: Caller, uri: string, { media }: MessageValue): Promise<object[]> {
  const files = media.map((id) => ifThere(room.parts.run(readMediaOperation, caller, { id })))
  return (await Promise.all(files)).flatMap((file) => {
    if (!file) return []
    const id = room.ids.show('attachment', file.id)
    const { type: contentType, sizeBytes: size, name } = file
    return [{ id, uri: `${uri}/content/${id}`, type: 'MmsAttachment', contentType, size, ...(name !== '' && { fileName: name }) }]
  })
}

const userIfAny = async (room: Room, caller: Caller, id: number): Promise<UserShown | undefined> =>
  caller.permissions.has('users.read') && (caller.app?.permissions.has('users.read') ?? true)
    ? ifThere(room.parts.run(readUserOperation, caller, { id }))
    : undefined

/** Users are deleted, and files from the network are kept for a time only. */
async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
