// Messaging with its carriers, its guards and what it keeps, put together. Part of the roof: it knows every room below.

import { join } from 'node:path'
import { AccountsKnown } from '#accounts/accounts-known.ts'
import type { Account } from '#accounts/account.ts'
import { loopbackKind, type LoopbackKind } from '#carriers/loopback/loopback.ts'
import { mmsHttpKind, type MmsHttpKind } from '#carriers/mms-http/mms-http.ts'
import { smppKind } from '#carriers/smpp/smpp-carrier.ts'
import { Prices } from '#credit/prices.ts'
import { AdmitMessage } from '#messaging/admit-message.ts'
import { Carriers } from '#messaging/carriers.ts'
import { Evidence } from '#messaging/evidence.ts'
import { FlightLog } from '#messaging/flight-log.ts'
import { gatherInbound, jobMedia } from '#messaging/gather-media.ts'
import { MediaUrls } from '#messaging/media-urls.ts'
import { Messaging } from '#messaging/messaging.ts'
import { NumbersKnown } from '#messaging/numbers-known.ts'
import { OptOuts, PersonHashes } from '#messaging/opt-outs.ts'
import type { AskPolicy } from '#accounts/policy-hook.ts'
import { Pace } from '#messaging/pace.ts'
import { PumpingGuard } from '#messaging/pumping-guard.ts'
import { TakeInbound, type InboundAnswer } from '#messaging/take-inbound.ts'
import { Router } from '#numbers/router.ts'
import { acceptMessage } from '#store/accept-messages.ts'
import { createdNoun } from '#store/happenings.ts'
import { readAnyMedia, type MediaRow } from '#store/media.ts'
import { awaitedRefs } from '#store/message-receipts.ts'
import type { Ground } from './ground.ts'

export interface BuildMessagingParts extends Pick<
  Ground,
  'store' | 'clock' | 'key' | 'journal' | 'nextId' | 'fetch' | 'fetchOwn' | 'publicUrl' | 'dataDir' | 'node'
> {
  /** The operator's decision point, if any. */
  readonly askPolicy?: AskPolicy
}

export interface MessagingBuilt {
  readonly messaging: Messaging
  readonly carriers: Carriers
  readonly inbound: TakeInbound
  readonly accounts: AccountsKnown
  readonly numbers: NumbersKnown
  readonly loopback: LoopbackKind
  readonly mmsHttp: MmsHttpKind
  readonly mediaUrls: MediaUrls
  readonly hashes: PersonHashes
  readonly prices: Prices
  /** Routes of messages and calls. */
  readonly router: Router
  /** Of messages and calls. */
  readonly evidence: Evidence
  /** Opens the carriers and takes up what is queued. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Receipts of a pretend network that an earlier process owes: so many are given after all. */
const awaitedAtMost = 10_000

export function buildMessaging(parts: BuildMessagingParts): MessagingBuilt {
  const { store, clock, key, journal, nextId, fetch } = parts
  const accounts = new AccountsKnown(store)
  const numbers = new NumbersKnown(store)
  const hashes = new PersonHashes(key)
  const prices = new Prices(store, clock)
  const router = new Router(store)
  const mediaUrls = new MediaUrls(key, clock, parts.publicUrl)
  const evidence = new Evidence({ store, clock, nextId })
  const loopback = loopbackKind(clock, (carrier) => awaitedRefs(store, carrier, awaitedAtMost))
  const mmsHttp = mmsHttpKind(clock, parts.fetchOwn)

  store.onChange((nouns) => {
    if (nouns.has('routes') || nouns.has(createdNoun('routes')) || nouns.has('*')) router.forget()
  })

  const settingsOf = <T>(id: number, of: (account: Account) => T, none: T): T | Promise<T> => {
    const account = accounts.find(id)
    if (account instanceof Promise) return account.then((one) => (one ? of(one) : none))
    return account ? of(account) : none
  }
  const admission = new AdmitMessage({
    read: store,
    clock,
    nextId,
    numbers,
    optOuts: new OptOuts(store, hashes),
    pumping: new PumpingGuard(),
    pace: new Pace(),
    router,
    prices,
    carrier: (id) => carriers.get(id),
    ...(parts.askPolicy && { askPolicy: parts.askPolicy }),
  })
  const inbound = new TakeInbound({
    store,
    clock,
    nextId,
    hashes,
    numberOf: (number) => numbers.find(number),
    accountOf: (id) => accounts.find(id),
    async fetchMedia(account, messageId, media) {
      const owner = {
        accountId: account.id,
        limits: account.settings.limits,
        loopback: account.settings.features.includes('loopback_urls'),
      }
      return (await gatherInbound({ read: store, fetch, nextId, clock }, owner, messageId, media)).rows
    },
    sendAnswer: (answer) => void sendAnswer(answer),
  })
  const messaging = new Messaging({
    store,
    clock,
    nextId,
    journal,
    flights: new FlightLog(join(parts.dataDir, 'flights')),
    admission,
    carrier: (id) => carriers.get(id),
    isGone: (id) => carriers.isGone(id),
    nodeOf: (id) => carriers.nodeOf(id),
    carriersHere: () => (store.engine === 'postgres' ? carriers.ids : null),
    statusOf: (id) => settingsOf(id, ({ status }) => status, 'closed' as const),
    receiptTimeoutMs: (id) => settingsOf(id, ({ settings }) => settings.messages.receiptSeconds * 1000, 0),
    async mediaOf(ids) {
      const rows: MediaRow[] = []
      for (const id of ids) {
        const row = await readAnyMedia(store, id)
        if (row) rows.push(row)
      }
      return jobMedia(rows, mediaUrls)
    },
    inbound: inbound.take,
    wire: (record) => evidence.wire(record),
  })
  const carriers = new Carriers({
    ...parts,
    kinds: [loopback, smppKind(clock), mmsHttp],
    news: messaging.news,
    opened: (id) => void messaging.carrierOpened(id),
    closed: (id) => messaging.carrierClosed(id),
  })

  /** The platform's own word goes out as its account's message; whoever opted out gets this one. */
  async function sendAnswer({ account, face, from, to, text }: InboundAnswer): Promise<void> {
    try {
      const answer = await admission.answer({ account, face, from, to, text })
      const accepted = await store.write(acceptMessage, { ...answer, actor: { face: 'platform' } })
      if (accepted.row) messaging.accepted([accepted.row])
    } catch (error) {
      journal.loopFailed('opt-out answer', error)
    }
  }

  return {
    messaging,
    carriers,
    inbound,
    accounts,
    numbers,
    loopback,
    mmsHttp,
    mediaUrls,
    hashes,
    prices,
    router,
    evidence,
    async start() {
      await messaging.recover()
      await carriers.look()
      messaging.start()
    },
    async stop() {
      await carriers.stop()
      await messaging.stop()
      evidence.flush()
    },
  }
}
