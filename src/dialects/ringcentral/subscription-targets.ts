// Who is told of messages, calls and presence by subscriptions (reference 11.2): that something in the store is new or changed, at once what
// came in, at each step of a call the presence and the session, and the presence that somebody set. Told as it stands when the log is read.

import { loadAccount } from '#accounts/account.ts'
import type { Caller } from '#accounts/caller.ts'
import { entryShown, type EntryShown } from '#operations/mailbox/entry-view.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Happening } from '#store/happenings.ts'
import { readCall } from '#store/calls.ts'
import { entriesOf } from '#store/mailbox.ts'
import type { WebhookEndpointRow } from '#store/webhook-endpoints.ts'
import { isCallHappening } from '#voice/call-subject.ts'
import { Endpoints } from '#webhooks/endpoints.ts'
import type { Target, TargetsOf } from '#webhooks/webhook-form.ts'
import { face } from './applications.ts'
import { isoTime } from './formats.ts'
import { RingCentralIds } from './ids.ts'
import type { Room } from './knock.ts'
import { messageRecords } from './message-record.ts'
import { callNews, watchesCall, watchesPresence } from './call-news.ts'
import { applicationMay, userMay } from './permissions.ts'
import { filterUri, keptFilter, permissionFor, typeOf, userPermissionFor, type Filter } from './subscription-filters.ts'
import { presenceSet } from './presence.ts'
import type { KeptSubscription } from './subscription-record.ts'

/** What the form renders. */
export interface SubscriptionSubject {
  /** The filter, spelled out. */
  readonly event: string
  readonly subscriptionId: string
  readonly ownerId: string
  readonly body: object
}

interface Subscribed {
  readonly row: WebhookEndpointRow
  readonly kept: KeptSubscription
}

const none: readonly Target[] = []

/** Of these the first news of a message. */
const arrivals = new Set(['created', 'received'])

export function subscriptionTargets(parts: FaceParts): TargetsOf {
  const { store, clock, key, identity } = parts
  const room: Room = { parts, ids: new RingCentralIds(key) }
  const allowsLoopback = async (accountId: number): Promise<boolean> =>
    (await loadAccount(store, accountId))?.settings.features.includes('loopback_urls') ?? false
  const endpoints = new Endpoints({ store, clock, key, allowsLoopback })

  async function liveOf({ account_id: accountId, at_ms: atMs }: Happening): Promise<readonly Subscribed[]> {
    const now = clock.nowMs()
    const live = (await endpoints.of(accountId)).filter(
      ({ row }) => row.face === face && row.enabled === 1 && row.created_ms <= atMs && (row.expires_ms ?? now) > now,
    )
    return live.map(({ row }) => ({ row, kept: JSON.parse(row.detail) as KeptSubscription }))
  }

  async function targetsOf(happening: Happening): Promise<readonly Target[]> {
    const { account_id: accountId, kind } = happening
    const subscribed = await liveOf(happening)
    if (subscribed.length === 0) return none
    const targets: Target[] = []
    for (const entry of await entriesOf(store, happening)) {
      const isFirst = arrivals.has(kind) && (happening.noun === 'messages' || entry.kind === 'voicemail')
      // The other messages of a group are news of nothing yet.
      if (isFirst && entry.message_id !== happening.noun_id) continue
      const theirs = subscribed.filter(({ kept }) => kept.userId === entry.user_id)
      if (theirs.length === 0) continue
      const shown = await entryShown(store, entry)
      const loopback = await allowsLoopback(accountId)
      for (const one of theirs) {
        for (const text of new Set(JSON.parse(one.row.events) as string[])) {
          const filter = keptFilter(text)
          const caller = await readerOf(one.kept, filter)
          const body = caller && (await bodyOf(caller, one, filter, shown, happening, isFirst))
          if (body) targets.push(targetOf(one, text, body, happening, loopback))
        }
      }
    }
    return targets
  }

  /** A user or an application that is gone, or may not read that any more, is told of none. */
  async function readerOf({ clientId, userId }: KeptSubscription, filter: Filter): Promise<Caller | undefined> {
    const known = await identity.application(face, clientId)
    if (!known?.active || !applicationMay(known.app, permissionFor[filter.of])) return undefined
    const caller = await identity.byUserId(face, userId, known.app)
    return caller?.user?.status === 'active' && userMay(caller, userPermissionFor(filter)) ? caller : undefined
  }

  async function targetsOfCall(happening: Happening): Promise<readonly Target[]> {
    const { account_id: accountId, noun_id: id } = happening
    const subscribed = await liveOf(happening)
    const call = subscribed.length === 0 ? undefined : await readCall(store, accountId, id)
    if (!call) return none
    const loopback = await allowsLoopback(accountId)
    const targets: Target[] = []
    for (const one of subscribed)
      for (const text of new Set(JSON.parse(one.row.events) as string[])) {
        const filter = keptFilter(text)
        if (!watchesCall(filter, call, one.kept.userId)) continue
        const whose = call.user_id ?? undefined
        const body = await newsOf(one, filter, whose, happening)
        if (!body) continue
        // What is told of one person, and of one session, is told in its order.
        const [noun, nounId] = filter.of === 'presence' ? ['users', whose!] : ['calls', call.session_id]
        targets.push({ ...targetOf(one, text, body, happening, loopback), noun, nounId })
      }
    return targets
  }

  async function targetsOfPresence(happening: Happening, users: readonly number[]): Promise<readonly Target[]> {
    const subscribed = users.length === 0 ? none : await liveOf(happening)
    if (subscribed.length === 0) return none
    const loopback = await allowsLoopback(happening.account_id)
    const targets: Target[] = []
    for (const one of subscribed as readonly Subscribed[])
      for (const text of new Set(JSON.parse(one.row.events) as string[]))
        for (const nounId of users) {
          const filter = keptFilter(text)
          const body = watchesPresence(filter, nounId, one.kept.userId) && (await newsOf(one, filter, nounId, happening))
          if (body) targets.push({ ...targetOf(one, text, body, happening, loopback), noun: 'users', nounId })
        }
    return targets
  }

  async function newsOf({ kept }: Subscribed, filter: Filter, userId: number | undefined, happening: Happening) {
    const caller = await readerOf(kept, filter)
    return caller && (await callNews(room, { base: kept.base, target: { caller, userId } }, filter, happening))
  }

  async function bodyOf(
    caller: Caller,
    { kept }: Subscribed,
    { of, type, direction }: Filter,
    entry: EntryShown,
    { at_ms: atMs, kind }: Happening,
    isFirst: boolean,
  ): Promise<object | undefined> {
    const shownType = typeOf(entry.kind)
    const shownDirection = entry.direction === 'out' ? 'Outbound' : 'Inbound'
    if ((type ?? shownType) !== shownType || (direction ?? shownDirection) !== shownDirection) return undefined
    if (permissionFor[of] !== 'ReadMessages') return undefined
    if (of !== 'message-store') {
      const isNews = of === 'voicemail' ? isFirst && entry.kind === 'voicemail' : kind === 'received'
      if (!isNews || entry.place !== 'kept') return undefined
      const record = await messageRecords(room, { base: kept.base, target: { caller, userId: entry.userId } })(entry)
      return { ...record, id: String(record['id']) }
    }
    const ids = [String(room.ids.show('message', entry.id))]
    return {
      accountId: String(room.ids.show('account', caller.account.id)),
      extensionId: String(room.ids.show('user', entry.userId)),
      lastUpdated: isoTime(atMs),
      changes: [
        isFirst
          ? { type: shownType, newCount: 1, updatedCount: 0, newMessageIds: ids }
          : { type: shownType, newCount: 0, updatedCount: 1, updatedMessageIds: ids },
      ],
    }
  }

  function targetOf({ row, kept }: Subscribed, text: string, body: object, happening: Happening, loopback: boolean): Target {
    return {
      accountId: row.account_id,
      endpointId: row.id,
      face,
      url: row.url,
      method: 'POST',
      kind: kindOf(keptFilter(text).of),
      noun: happening.noun,
      nounId: happening.noun_id,
      subject: {
        event: filterUri(room, row.account_id, kept.userId, text),
        subscriptionId: room.ids.uuid('subscription', row.id),
        ownerId: String(room.ids.show('user', kept.userId)),
        body,
      } satisfies SubscriptionSubject,
      loopback,
    }
  }

  return (happenings) => {
    // The log tells of a subscription before it tells what that one wants to know; another node's news may come later.
    for (const { noun, account_id: account } of happenings) if (noun === 'webhook_endpoints') endpoints.forget(account)
    return Promise.all(
      happenings.map((happening) =>
        happening.noun === 'messages' || happening.noun === 'mailbox'
          ? targetsOf(happening)
          : happening.noun === 'calls' && isCallHappening(happening.kind)
            ? targetsOfCall(happening)
            : targetsOfPresence(happening, presenceSet(happening)),
      ),
    )
  }
}

const kindOf = (of: Filter['of']): string =>
  ({
    'message-store': 'message.store',
    'message-store/instant': 'message.instant',
    voicemail: 'message.voicemail',
    presence: 'presence',
    'telephony/sessions': 'telephony.session',
  })[of]
