// Who is told of what happens to a message, besides an account's own endpoints: the URL that came with it, and for one that
// was received whatever its number says, in this order:
//
//   an application of the number      its script and fallback URLs
//   a URL of the number               with its fallback
//   a named service of the number     the page that its face says is for messages
//   the number's one application      as the first
//
// Each is told in the form of the face that set it up. Nothing is sent here, and a message that is gone is told of no more.

import type { Account } from '#accounts/account.ts'
import { readApplication, readApplicationByName, type ApplicationRow } from '#store/applications.ts'
import type { Happening } from '#store/happenings.ts'
import { mediaOfMessage } from '#store/media.ts'
import { isMessageTold } from '#store/message-told.ts'
import { readMessageById, type MessageRow } from '#store/messages.ts'
import type { NumberRow } from '#store/numbers.ts'
import type { MaybePromise, Reader } from '#store/store.ts'
import type { Target, TargetsOf, WebhookMethod } from '#webhooks/webhook-form.ts'
import { messageSubject } from './message-subject.ts'

interface Place {
  readonly url: string
  readonly method: WebhookMethod
  readonly fallbackUrl?: string | undefined
}

export interface MessageTargetParts {
  readonly read: Reader
  numberOf(number: string): MaybePromise<NumberRow | undefined>
  accountOf(id: number): MaybePromise<Account | undefined>
  /** The page for messages of a named service, as its face keeps it in the service's configuration. */
  servicePage?(face: string, configuration: unknown): Place | undefined
  /** The kinds of happenings that status callbacks tell, by face; `usualStatusKinds` where a face says nothing. */
  readonly statusKinds?: ReadonlyMap<string, ReadonlySet<string>>
}

/** What a status callback tells: that the network took it, and how it ended. */
export const usualStatusKinds: ReadonlySet<string> = new Set([
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'expired',
  'canceled',
  'unconfirmed',
])

const none: readonly Target[] = []

/** For the happenings of noun `messages`; those of other nouns have no targets here. */
export function messageTargets(parts: MessageTargetParts): TargetsOf {
  const tellable = new Set([
    ...usualStatusKinds,
    'received',
    ...[...(parts.statusKinds?.values() ?? [])].flatMap((kinds) => [...kinds]),
  ])
  const isTold = ({ noun, kind }: Happening): boolean => noun === 'messages' && tellable.has(kind)
  return async (happenings) => {
    // One read a message, however much happened to it since the last time; and of most messages nobody is told.
    const rows = new Map<number, MaybePromise<MessageRow | undefined>>()
    for (const happening of happenings) {
      const { noun_id: id } = happening
      if (isTold(happening) && !rows.has(id)) rows.set(id, rowToTell(parts.read, id))
    }
    if (rows.size === 0) return happenings.map(() => none)
    return Promise.all(
      happenings.map(async (happening) => {
        const row = isTold(happening) ? await rows.get(happening.noun_id) : undefined
        if (!row) return none
        return row.direction === 'in' ? inbound(parts, row, happening) : status(parts, row, happening)
      }),
    )
  }
}

/** Undefined for one of which nobody is told. */
function rowToTell(read: Reader, id: number): MaybePromise<MessageRow | undefined> {
  const told = isMessageTold(read, id)
  if (told instanceof Promise) return told.then((yes) => (yes ? readMessageById(read, id) : undefined))
  return told ? readMessageById(read, id) : undefined
}

async function status(parts: MessageTargetParts, row: MessageRow, happening: Happening): Promise<readonly Target[]> {
  if (row.callback === null) return none
  if (!(parts.statusKinds?.get(row.face) ?? usualStatusKinds).has(happening.kind)) return none
  return [await target(parts, row, happening, 'message.status', row.face, JSON.parse(row.callback) as Place)]
}

async function inbound(parts: MessageTargetParts, row: MessageRow, happening: Happening): Promise<readonly Target[]> {
  if (happening.kind !== 'received') return none
  const number = await parts.numberOf(row.recipient)
  // Sold on since: its new owner is told nothing of it.
  if (number?.account_id !== row.account_id) return none
  const place = await placeOf(parts, number)
  return place ? [await target(parts, row, happening, 'message.inbound', number.face, place)] : none
}

async function target(
  parts: MessageTargetParts,
  row: MessageRow,
  happening: Happening,
  kind: string,
  face: string,
  { url, method, fallbackUrl }: Place,
): Promise<Target> {
  const media = row.kind === 'mms' ? await mediaOfMessage(parts.read, row.id) : []
  const subject = messageSubject(row, happening, media)
  const account = await parts.accountOf(row.account_id)
  return {
    accountId: row.account_id,
    endpointId: null,
    face,
    url,
    fallbackUrl,
    method,
    kind,
    noun: 'messages',
    nounId: row.id,
    subject,
    errorId: subject.errorId,
    loopback: account?.settings.features.includes('loopback_urls') ?? false,
  }
}

interface NumberDetail {
  readonly smsApplicationId?: number | null
  readonly smsUrl?: string | null
  readonly smsMethod?: WebhookMethod
  readonly smsFallbackUrl?: string | null
  readonly service?: string | null
}

interface ApplicationDetail {
  readonly scriptUrl?: string | null
  readonly scriptMethod?: WebhookMethod
  readonly fallbackUrl?: string | null
  readonly configuration?: unknown
}

const given = (url: string | null | undefined): url is string => typeof url === 'string' && url !== ''

function place(url: string, method: WebhookMethod | undefined, fallbackUrl: string | null | undefined): Place {
  return { url, method: method ?? 'POST', ...(given(fallbackUrl) && { fallbackUrl }) }
}

function scriptOf(row: ApplicationRow | undefined): Place | undefined {
  if (!row) return undefined
  const { scriptUrl, scriptMethod, fallbackUrl } = JSON.parse(row.detail) as ApplicationDetail
  return given(scriptUrl) ? place(scriptUrl, scriptMethod, fallbackUrl) : undefined
}

/** Where messages to a number are told; undefined: nowhere, they wait to be read. */
async function placeOf({ read, servicePage }: MessageTargetParts, number: NumberRow): Promise<Place | undefined> {
  const { account_id: account, application_id: application, face } = number
  const { smsApplicationId, smsUrl, smsMethod, smsFallbackUrl, service } = JSON.parse(number.detail) as NumberDetail
  if (typeof smsApplicationId === 'number') return scriptOf(await readApplication(read, account!, smsApplicationId))
  if (given(smsUrl)) return place(smsUrl, smsMethod, smsFallbackUrl)
  if (given(service)) {
    const row = await readApplicationByName(read, account!, 'inbound', service)
    return row && servicePage?.(face, (JSON.parse(row.detail) as ApplicationDetail).configuration)
  }
  return application === null ? undefined : scriptOf(await readApplication(read, account!, application))
}
