// Who is told of an extension's messages by its subscriptions (reference 11.2): that something in the store is new or changed, and
// at once what came in. Told as it stands when the log is read.

import { loadAccount } from '#accounts/account.ts'
import type { Caller } from '#accounts/caller.ts'
import { entryShown, type EntryShown } from '#operations/mailbox/entry-view.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Happening } from '#store/happenings.ts'
import { entriesOf } from '#store/mailbox.ts'
import type { WebhookEndpointRow } from '#store/webhook-endpoints.ts'
import { Endpoints } from '#webhooks/endpoints.ts'
import type { Target, TargetsOf } from '#webhooks/webhook-form.ts'
import { face } from './applications.ts'
import { isoTime } from './formats.ts'
import { RingCentralIds } from './ids.ts'
import type { Room } from './knock.ts'
import { messageRecords } from './message-record.ts'
import { applicationMay, userMay } from './permissions.ts'
import { filterUri, keptFilter, typeOf, type Filter } from './subscription-filters.ts'
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

  async function targetsOf(happening: Happening): Promise<readonly Target[]> {
    const { account_id: accountId, at_ms: atMs, kind } = happening
    const now = clock.nowMs()
    const live = (await endpoints.of(accountId)).filter(
      ({ row }) => row.face === face && row.enabled === 1 && row.created_ms <= atMs && (row.expires_ms ?? now) > now,
    )
    if (live.length === 0) return none
    const subscribed = live.map(({ row }): Subscribed => ({ row, kept: JSON.parse(row.detail) as KeptSubscription }))
    const targets: Target[] = []
    for (const entry of await entriesOf(store, happening)) {
      const isFirst = happening.noun === 'messages' && arrivals.has(kind)
      // The other messages of a group are news of nothing yet.
      if (isFirst && entry.message_id !== happening.noun_id) continue
      const theirs = subscribed.filter(({ kept }) => kept.userId === entry.user_id)
      if (theirs.length === 0) continue
      const shown = await entryShown(store, entry)
      const loopback = await allowsLoopback(accountId)
      for (const one of theirs) {
        const caller = await readerOf(one.kept)
        if (!caller) continue
        for (const text of new Set(JSON.parse(one.row.events) as string[])) {
          const body = await bodyOf(caller, one, keptFilter(text), shown, happening, isFirst)
          if (body) targets.push(targetOf(one, text, body, happening, loopback))
        }
      }
    }
    return targets
  }

  /** A user or an application that is gone, or may not read messages any more, is told of none. */
  async function readerOf({ clientId, userId }: KeptSubscription): Promise<Caller | undefined> {
    const known = await identity.application(face, clientId)
    if (!known?.active || !applicationMay(known.app, 'ReadMessages')) return undefined
    const caller = await identity.byUserId(face, userId, known.app)
    return caller?.user?.status === 'active' && userMay(caller, 'ReadMessages') ? caller : undefined
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
    if (of === 'message-store/instant') {
      if (kind !== 'received' || entry.place !== 'kept') return undefined
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
      kind: text.startsWith('message-store/') ? 'message.instant' : 'message.store',
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
        happening.noun === 'messages' || happening.noun === 'mailbox' ? targetsOf(happening) : none,
      ),
    )
  }
}
