// `offhook secure`: ends the credentials of a first start and makes the operator's own, on a store that nobody runs on.

import { Journal } from '#journal/journal.ts'
import { takeNodeNumber } from '#loops/node-number.ts'
import { holdDataDir } from '#store/hold-data-dir.ts'
import { tellRefusals } from '#operations/tell-refusals.ts'
import { openStore } from '#store/open-store.ts'
import { BackupRefused } from '#store/store-errors.ts'
import { systemClock } from '#values/clock.ts'
import { Outgoing } from '#protocols/http/outgoing.ts'
import { noHandsetCalls } from '#voice/handset-calls.ts'
import { idSource } from '#values/ids.ts'
import { Key, randomHex } from '#values/secrets.ts'
import { readConfig, type Environment } from '#config/config.ts'
import { loadKey } from '#config/load-key.ts'
import { buildConferences } from '#roof/build-conferences.ts'
import { buildMessaging } from '#roof/build-messaging.ts'
import { buildWebhooks } from '#roof/build-webhooks.ts'
import { buildFaces } from '#roof/build-faces.ts'
import { secureStore, type Secured } from '#roof/first-credentials.ts'
import { runningAt } from './running-at.ts'

/** Undefined when there has been no first start yet. Throws when the platform runs. */
export async function secure(environment?: Environment): Promise<Secured | undefined> {
  const clock = systemClock
  const config = readConfig(environment)
  const running = await runningAt(config)
  if (running !== undefined) throw new BackupRefused(`the platform runs at ${running}; stop it first`)
  const key = new Key(loadKey(config))
  // A platform at port 0 cannot be asked whether it runs; it holds its directory.
  const free = config.database === undefined ? holdDataDir(config.dataDir) : () => {}
  const store = await openStore({ url: config.database, dataDir: config.dataDir, clock }).catch((cause: unknown) => {
    free()
    throw cause
  })
  try {
    const node = await takeNodeNumber(store, clock, randomHex(8), () => undefined)
    try {
      // Built, and never started: no carrier is opened.
      const nextId = idSource(clock, node.number)
      const journal = new Journal({ level: 'silent', clock })
      const outgoing = new Outgoing({ clock, userAgent: 'Offhook', allow: [] })
      const { fetch } = outgoing
      const { dataDir } = config
      const publicUrl = () => config.publicUrl ?? ''
      const built = { store, clock, key, journal, nextId, fetch, fetchOwn: fetch, publicUrl, dataDir, node: 'secure' }
      const { messaging, carriers, loopback, router, accounts } = buildMessaging(built)
      const { webhooks } = buildWebhooks({ ...built, accounts })
      const { parts } = buildFaces({
        store,
        clock,
        key,
        tell: tellRefusals(store, journal, clock),
        diskNearlyFull: () => false,
        canSendEmail: () => false,
        publicUrl,
        helpLinks: () => config.helpLinks,
        options: (face) => config.faces[face] ?? {},
        credentialsFile: () => undefined,
        nextId,
        messaging,
        carriers,
        router,
        voice: buildConferences(built),
        handsets: loopback,
        handsetCalls: noHandsetCalls,
        fetch,
        webhooks,
      })
      return await secureStore(parts, config.dataDir)
    } finally {
      await node.release()
    }
  } finally {
    await store.close()
    free()
  }
}
