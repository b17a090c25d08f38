// Who is told of what happens to a message, besides an account's own endpoints: the URL that came with it, and for one that
// was received whatever serves its number, by the rule of numbers/inbound-target.ts. Each is told in the form of the face
// that set it up. Nothing is sent here, and a message that is gone is told of no more.

import type { Account } from '#accounts/account.ts'
import { inboundTarget, type InboundTarget } from '#numbers/inbound-target.ts'
import { Refusal } from '#reasons/refusal.ts'
import type { ApplicationRow } from '#store/applications.ts'
import type { Happening } from '#store/happenings.ts'
import { mediaOfMessage } from '#store/media.ts'
import { isMessageTold } from '#store/message-told.ts'
import { readMessageById, type MessageRow } from '#store/messages.ts'
import type { MaybePromise, Reader } from '#store/store.ts'
import type { Target, TargetsOf, WebhookMethod } from '#webhooks/webhook-form.ts'
import { messageSubject } from './message-subject.ts'

interface Place {
  readonly url: string
  readonly method: WebhookMethod
  readonly fallbackUrl?: string | undefined
  readonly fallbackMethod?: WebhookMethod | undefined
}

export interface MessageTargetParts {
  readonly read: Reader
  accountOf(id: number): MaybePromise<Account | undefined>
  /** The page for messages of a named service, with the face whose configuration names it, whoever else set up the number. */
  servicePage?(configuration: unknown): (Place & { readonly face: string }) | undefined
  /** Told of a message whose number is bound to nothing, or to what is not there or cannot be used. */
  unserved?(row: MessageRow, refusal: Refusal): void | Promise<void>
  /** The kinds of happenings that status callbacks tell, by face; `usualStatusKinds` where a face says nothing. */
  readonly statusKinds?: ReadonlyMap<string, ReadonlySet<string>>
  /** Faces whose clients know each segment of a message by an id of its own: they are told of each. */
  readonly tellsSegments?: ReadonlySet<string>
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
  const targetsOf: TargetsOf = async (happenings) => {
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
  return Object.assign(targetsOf, { wants: {} })
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
  const one = await target(parts, row, happening, 'message.status', row.face, JSON.parse(row.callback) as Place)
  if (row.segments === 1 || !parts.tellsSegments?.has(row.face)) return [one]
  return Array.from({ length: row.segments }, (_, index) => ({ ...one, subject: { ...one.subject, segment: index + 1 } }))
}

async function inbound(parts: MessageTargetParts, row: MessageRow, happening: Happening): Promise<readonly Target[]> {
  if (happening.kind !== 'received') return none
  const found = await placeOf(parts, row, happening)
  return found ? [await target(parts, row, happening, 'message.inbound', found.face, found.place)] : none
}

async function target(
  parts: MessageTargetParts,
  row: MessageRow,
  happening: Happening,
  kind: string,
  face: string,
  { url, method, fallbackUrl, fallbackMethod }: Place,
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
    fallbackMethod,
    method,
    kind,
    noun: 'messages',
    nounId: row.id,
    subject,
    errorId: subject.errorId,
    loopback: account?.settings.features.includes('loopback_urls') ?? false,
  }
}

/** Where messages to a number were told at that moment; undefined: nowhere, they wait to be read. */
async function placeOf(
  { read, servicePage, unserved }: MessageTargetParts,
  row: MessageRow,
  happening: Happening,
): Promise<{ face: string; place: Place } | undefined> {
  let found: InboundTarget
  try {
    found = await inboundTarget(read, row.recipient, 'sms', happening.at_ms)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await unserved?.(row, error)
    return undefined
  }
  // Sold on since: its new owner is told nothing of it.
  if (found.accountId !== row.account_id) return undefined
  const { script, fallback, application } = found
  const told = script ? { ...script, face: found.face } : application && servicePage?.(configurationOf(application))
  if (!told) return undefined
  const { face, url, method } = told
  return { face, place: { url, method, ...(fallback && { fallbackUrl: fallback.url, fallbackMethod: fallback.method }) } }
}

const configurationOf = ({ detail }: ApplicationRow): unknown => (JSON.parse(detail) as { configuration?: unknown }).configuration
