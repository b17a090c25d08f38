// What every room that the roof builds may need: settings, time, keys, the store, who this node is, and the ways out. Opened first and
// closed last.

import { mkdirSync } from 'node:fs'
import { policyHook, type AskPolicy } from '#accounts/policy-hook.ts'
import { NativeIds } from '#api/native-ids.ts'
import type { Config } from '#config/config.ts'
import type { Journal } from '#journal/journal.ts'
import { takeNodeNumber } from '#loops/node-number.ts'
import { watchClock, type ClockWatch } from '#loops/watch-clock.ts'
import { watchDisk, type DiskWatch } from '#loops/watch-disk.ts'
import { Outgoing, type FetchGuarded } from '#protocols/http/outgoing.ts'
import { holdDataDir } from '#store/hold-data-dir.ts'
import { openStore } from '#store/open-store.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import { idSource, type NextId } from '#values/ids.ts'
import { randomHex, type Key } from '#values/secrets.ts'
import { version } from '#values/version.ts'
import { refusePublicBind } from './refuse-public-bind.ts'

export interface Ground {
  /** Read anew at a reload: ask it, keep no copy. */
  readonly config: () => Config
  readonly clock: Clock
  readonly key: Key
  readonly journal: Journal
  readonly store: Store
  readonly nextId: NextId
  /** This process among those that share the store. */
  readonly node: string
  readonly dataDir: string
  /** The base URL that clients use: OFFHOOK_PUBLIC_URL or the first address. Known once the server listens. */
  readonly publicUrl: () => string
  /** To addresses that customers name: private ones are refused. */
  readonly fetch: FetchGuarded
  /** To what the operator configured, wherever it is. */
  readonly fetchOwn: FetchGuarded
  /** The operator's decision point. */
  readonly askPolicy: AskPolicy
  /** As peers are told who we are: `Offhook/0.3.0`. */
  readonly product: string
}

export interface OpenedGround extends Ground {
  readonly disk: DiskWatch
  readonly clockWatch: ClockWatch
  readonly outgoing: Outgoing
}

/** What is done when the start fails later or the platform stops: in reverse order. */
export type Undo = (() => void | Promise<void>)[]

export interface OpenGroundParts extends Pick<Ground, 'config' | 'clock' | 'key' | 'journal' | 'publicUrl'> {
  /** Another node may have our number from now on: no more ids may be made. */
  lost(): void
}

/** Throws a ConfigFault where others could reach the credentials of a first start. */
export async function openGround({ lost, ...given }: OpenGroundParts, undo: Undo): Promise<OpenedGround> {
  const { config, clock, key, journal } = given
  const { database, dataDir, diskReserveBytes, outgoingAllow } = config()
  if (database === undefined) undo.push(holdDataDir(dataDir))
  // Where neither the store nor the key is in it, nobody has made it yet.
  else mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const store = await openStore({ url: database, dataDir, clock })
  undo.push(() => store.close())
  const clockWatch = watchClock(clock)
  const disk = await watchDisk(dataDir, diskReserveBytes, journal, clock)
  undo.push(() => disk.stop())
  await refusePublicBind(store, config())

  const node = randomHex(8)
  const number = await takeNodeNumber(store, clock, node, lost)
  undo.push(() => number.release())
  const nextId = idSource(clock, number.number)

  const product = `Offhook/${version}`
  const outgoing = new Outgoing({ clock, userAgent: product, allow: outgoingAllow })
  undo.push(() => outgoing.close())
  const own = new Outgoing({ clock, userAgent: product, allow: ['0.0.0.0/0', '::/0'] })
  undo.push(() => own.close())
  const nativeIds = new NativeIds(key)
  const askPolicy = policyHook({
    url: () => config().policyUrl,
    fetch: own.fetch,
    showAccount: (id) => nativeIds.show('account', id),
    timeoutMs: () => config().policyMs,
    failsOpen: () => config().policyFailsOpen,
    failed: (kind, account, evidence) => journal.policyNotAsked(kind, account, evidence),
  })
  return {
    ...given,
    store,
    disk,
    clockWatch,
    node,
    nextId,
    dataDir,
    outgoing,
    fetch: outgoing.fetch,
    fetchOwn: own.fetch,
    askPolicy,
    product,
  }
}
