// Builds everything, starts it, and stops it in reverse. The one place that knows every room. Reads no arguments, listens to no signals and
// ends no process: that is cli.ts, or the program that embeds this.

import type { Listens } from '#api/first-page.ts'
import { readConfig, type Config, type Environment } from '#config/config.ts'
import { loadKey } from '#config/load-key.ts'
import { reload } from '#config/reload.ts'
import { SmtpSender } from '#email/smtp-sender.ts'
import { EsmeDoor } from '#esme-door/esme-door.ts'
import { Journal } from '#journal/journal.ts'
import { watchNodes } from '#loops/watch-nodes.ts'
import { allOperations } from '#operations/all.ts'
import { OtherNodes } from '#operations/other-nodes.ts'
import { refusalOf } from '#operations/run.ts'
import { tellRefusals } from '#operations/tell-refusals.ts'
import { announcement } from '#roof/announcement.ts'
import { buildConferences } from '#roof/build-conferences.ts'
import { buildFaces } from '#roof/build-faces.ts'
import { buildMessaging } from '#roof/build-messaging.ts'
import { buildVoice } from '#roof/build-voice.ts'
import { buildWebhooks } from '#roof/build-webhooks.ts'
import { sipReasonOf, tellingOfDialects } from '#roof/dialects.ts'
import { credentialsPath, firstKey, writePlaces } from '#roof/first-credentials.ts'
import { openGround, type Undo } from '#roof/ground.ts'
import { openEsmeDoor } from '#roof/open-esme-door.ts'
import { openHttp, type HttpOpened } from '#roof/open-http.ts'
import { sipReach } from '#roof/sip-reach.ts'
import { startOwnLoops } from '#roof/start-own-loops.ts'
import { systemClock } from '#values/clock.ts'
import { Key } from '#values/secrets.ts'
import { version } from '#values/version.ts'

export interface Offhook {
  /** One a listening address, such as `http://127.0.0.1:8080`. */
  readonly urls: readonly string[]
  readonly config: () => Config
  /** What a person wants to see once it is ready. */
  readonly announcement: readonly string[]
  /** Reads settings and certificates again. A wrong setting changes nothing. */
  reload(environment?: Environment): Promise<void>
  /** Takes nothing new, ends what is under way and closes the store. Safe to call twice. */
  stop(why: string): Promise<void>
  /** Journals what nobody caught. */
  fault(cause: unknown): void
}

/**
 * Starts a platform of its own with these settings (the names of the environment variables; by default the
 * environment itself). Throws a ConfigFault with all that is wrong with them.
 */
export async function startOffhook(environment?: Environment): Promise<Offhook> {
  const clock = systemClock
  const startedMs = clock.elapsedMs()
  let config = readConfig(environment)
  const key = new Key(loadKey(config))
  const journal = new Journal({ level: config.logLevel, clock })
  // Undone in reverse, also when a later step of the start fails.
  const undo: Undo = []
  const stopAll = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step()
    undo.length = 0
  }
  let draining = false
  let stopped: Promise<void> | undefined
  const stop = (why: string): Promise<void> => {
    stopped ??= (async () => {
      const stoppingMs = clock.elapsedMs()
      draining = true
      journal.stopping(why)
      await stopAll()
      journal.stopped(clock.elapsedMs() - stoppingMs)
    })()
    return stopped
  }

  try {
    // oxlint-disable-next-line prefer-const -- the ground is made before it
    let http: HttpOpened | undefined
    const publicUrl = (): string => config.publicUrl ?? http?.urls[0] ?? ''
    let listens: Listens = { sip: [], smpp: [] }
    const lost = (): void => {
      voice.abandon()
      void stop('this node was taken for dead, or its lease has run out')
    }
    const ground = await openGround({ config: () => config, clock, key, journal, publicUrl, lost }, undo)
    const { store, disk, outgoing, nextId, node, dataDir } = ground

    // How messages live, how calls live, and who is told.
    const messaging = buildMessaging(ground)
    undo.push(() => messaging.stop())
    const { accounts } = messaging
    const tell = tellRefusals(store, journal, clock)
    const voice = buildVoice({
      ...ground,
      messaging,
      conferences: buildConferences(ground),
      sipReason: sipReasonOf,
      serviceScript: tellingOfDialects.serviceScript,
      told: tell.told,
    })
    const { webhooks, relay, addFaces } = buildWebhooks({ ...ground, accounts, ...tellingOfDialects })
    undo.push(() => relay.stop())
    const accountOf = (id: number) => accounts.find(id)
    const fault = (cause: unknown, errorId: string) => journal.faultFound(cause, errorId)
    const otherNodes =
      store.engine === 'sqlite'
        ? undefined
        : new OtherNodes({ store, clock, key, nextId, operations: allOperations, node, accountOf, refusalOf, fault })
    if (otherNodes) undo.push(() => otherNodes.stop())

    // The doors in front of them.
    const faces = buildFaces({
      ...ground,
      otherNodes,
      tell,
      messaging: messaging.messaging,
      carriers: messaging.carriers,
      voice,
      trunks: voice.trunks,
      router: messaging.router,
      handsets: messaging.loopback,
      handsetCalls: voice.pretend,
      webhooks,
      diskNearlyFull: () => disk.nearlyFull(),
      canSendEmail: () => config.smtp !== undefined,
      mmsHttp: { kind: messaging.mmsHttp, news: messaging.messaging.news },
      helpLinks: () => config.helpLinks,
      sip: () => sipReach(config, publicUrl()),
      options: (face) => config.faces[face] ?? {},
      listens: () => listens,
      credentialsFile: () => (firstKey(dataDir) === undefined ? undefined : credentialsPath(dataDir)),
    })
    addFaces(faces.telling)
    voice.addForms(faces.scriptForms)
    const esmeDoor = new EsmeDoor({
      ...faces.parts,
      listen: config.smpp,
      tls: config.tls,
      told: tell.told,
      journal,
      node,
      keepPlace: () => relay.keepPlace(),
    })
    addFaces({ forms: [], targetsOf: [esmeDoor.news.targetsOf] })

    // From here on it works: what is due, who asks, what was queued, whom to tell, who calls, who binds.
    const mail = config.smtp && new SmtpSender(config.smtp, () => URL.parse(publicUrl())?.hostname ?? 'localhost')
    if (mail) undo.push(() => mail.close())
    const loops = startOwnLoops({ ...ground, messaging, mail, recordings: voice.recordings })
    undo.push(() => loops.stop())
    const server = await openHttp(ground, faces.mounts, () => draining)
    http = server
    undo.push(() => server.close(config.shutdownMs))
    await faces.writeCredentials(dataDir)
    await messaging.start()
    await relay.start()
    undo.push(() => voice.stop(config.shutdownMs))
    const sipAddresses = await voice.start()
    const nodes = watchNodes({
      store,
      clock,
      node,
      onDead(dead) {
        journal.nodeDied(dead)
        voice.recover(dead).catch((error: unknown) => journal.loopFailed('recover calls', error))
      },
      onError: (error) => journal.loopFailed('watch nodes', error),
    })
    undo.push(() => nodes.stop())
    undo.push(() => esmeDoor.stop())
    await openEsmeDoor(esmeDoor, config, journal)
    listens = { sip: sipAddresses, smpp: esmeDoor.addresses }
    writePlaces(dataDir, listens)
    journal.started(server.urls, version, clock.elapsedMs() - startedMs)

    return {
      urls: server.urls,
      config: () => config,
      announcement: announcement(publicUrl(), server.urls, listens, dataDir),
      async reload(next) {
        await server.reloadCertificates()
        await esmeDoor.reloadCertificates()
        let fresh: Config
        try {
          fresh = readConfig(next)
          server.reloaded(fresh)
        } catch (cause) {
          journal.settingsKept(cause instanceof Error ? cause.message.split('\n') : [String(cause)])
          return
        }
        const { config: inForce, changed } = reload(config, fresh)
        config = inForce
        journal.setLevel(config.logLevel)
        disk.setReserve(config.diskReserveBytes)
        outgoing.setAllow(config.outgoingAllow)
        journal.settingsReloaded(changed)
      },
      stop,
      fault: (cause) => journal.faultFound(cause, crypto.randomUUID()),
    }
  } catch (cause) {
    await stopAll()
    journal.flush()
    throw cause
  }
}
