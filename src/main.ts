// Builds everything, starts it, and stops it in reverse. The one place that knows every room. Reads no arguments,
// listens to no signals and ends no process: that is cli.ts, or the program that embeds this.

import { policyHook } from '#accounts/policy-hook.ts'
import { NativeIds } from '#api/native-ids.ts'
import { mkdirSync } from 'node:fs'
import { healthMount } from '#api/health.ts'
import { buildConferences } from '#roof/build-conferences.ts'
import { buildMessaging } from '#roof/build-messaging.ts'
import { buildVoice } from '#roof/build-voice.ts'
import { buildWebhooks } from '#roof/build-webhooks.ts'
import { registrarOf, type Listens } from '#api/first-page.ts'
import { ConfigFault, readConfig, type Config, type Environment } from '#config/config.ts'
import { loadKey } from '#config/load-key.ts'
import { sipReasonOf, tellingOfDialects } from '#roof/dialects.ts'
import { buildFaces } from '#roof/build-faces.ts'
import { sipReach } from '#roof/sip-reach.ts'
import { openEsmeDoor } from '#roof/open-esme-door.ts'
import { credentialsAreOwn, credentialsPath, firstKey, writePlaces } from '#roof/first-credentials.ts'
import { EsmeDoor } from '#esme-door/esme-door.ts'
import { sendEmailsLoop, type EmailParts } from '#email/send-emails.ts'
import { SmtpSender } from '#email/smtp-sender.ts'
import { Journal } from '#journal/journal.ts'
import { contactBatchesLoop, type ContactBatchParts } from '#loops/contact-batches.ts'
import { startLoops } from '#loops/loop.ts'
import { takeNodeNumber } from '#loops/node-number.ts'
import { purgeLoops } from '#loops/purges.ts'
import { settleReservationsLoop } from '#loops/settle-reservations.ts'
import { watchClock, type ClockWatch } from '#loops/watch-clock.ts'
import { watchDisk, type DiskWatch } from '#loops/watch-disk.ts'
import { watchNodes } from '#loops/watch-nodes.ts'
import { keepingLoops, type KeepingParts } from '#messaging/keeping-loops.ts'
import { expireNumbersLoop } from '#numbers/expire-numbers.ts'
import { OtherNodes } from '#operations/other-nodes.ts'
import { refusalOf, refusalOfStore } from '#operations/run.ts'
import { tellRefusals } from '#operations/tell-refusals.ts'
import { Outgoing } from '#protocols/http/outgoing.ts'
import { startHttpServer, type HttpServer, type Mount } from '#protocols/http/http-server.ts'
import { holdDataDir } from '#store/hold-data-dir.ts'
import { openStore } from '#store/open-store.ts'
import type { Store } from '#store/store.ts'
import { systemClock, type Clock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { Key, randomHex } from '#values/secrets.ts'
import { keepRecordingsLoop, type KeepRecordingsParts } from '#voice/keep-recordings.ts'
import { webhookLoops } from '#webhooks/purge-webhooks.ts'
import { version } from '#values/version.ts'

/** What every room above may need. `config` is read anew at a reload: ask it, keep no copy. */
export interface Ground {
  readonly config: () => Config
  readonly clock: Clock
  readonly key: Key
  readonly journal: Journal
  readonly store: Store
  readonly disk: DiskWatch
  readonly clockWatch: ClockWatch
  /** The base URL that clients use: OFFHOOK_PUBLIC_URL or the first address. Known once the server listens. */
  readonly baseUrl: () => string
}

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
  const undo: (() => void | Promise<void>)[] = []
  const stopAll = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step()
    undo.length = 0
  }

  try {
    if (config.database === undefined) undo.push(holdDataDir(config.dataDir))
    // Where neither the store nor the key is in it, nobody has made it yet.
    else mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
    const store = await openStore({ url: config.database, dataDir: config.dataDir, clock })
    undo.push(() => store.close())
    const disk = await watchDisk(config.dataDir, config.diskReserveBytes, journal, clock)
    undo.push(() => disk.stop())

    // oxlint-disable-next-line prefer-const -- the ground is made before it
    let server: HttpServer | undefined
    let draining = false
    let listens: Listens = { sip: [], smpp: [] }
    const ground: Ground = {
      config: () => config,
      clock,
      key,
      journal,
      store,
      disk,
      clockWatch: watchClock(clock),
      baseUrl: () => config.publicUrl ?? server?.addresses[0]?.url ?? '',
    }
    await refusePublicBind(store, config)
    const nodeName = randomHex(8)
    const node = await takeNodeNumber(store, clock, nodeName, () => void lost())
    undo.push(() => node.release())
    const nextId = idSource(clock, node.number)
    const userAgent = `Offhook/${version}`
    const outgoing = new Outgoing({ clock, userAgent, allow: config.outgoingAllow })
    undo.push(() => outgoing.close())
    // What the operator configured may stand anywhere.
    const own = new Outgoing({ clock, userAgent, allow: ['0.0.0.0/0', '::/0'] })
    undo.push(() => own.close())
    const nativeIds = new NativeIds(key)
    const askPolicy = policyHook({
      url: () => config.policyUrl,
      fetch: own.fetch,
      showAccount: (id) => nativeIds.show('account', id),
      timeoutMs: () => config.policyMs,
      failsOpen: () => config.policyFailsOpen,
      failed: (kind, account, evidence) => journal.policyNotAsked(kind, account, evidence),
    })
    const built = buildMessaging({
      store,
      clock,
      key,
      journal,
      nextId,
      fetch: outgoing.fetch,
      fetchOwn: own.fetch,
      askPolicy,
      publicUrl: ground.baseUrl,
      dataDir: config.dataDir,
      node: nodeName,
    })
    undo.push(() => built.stop())
    const { accounts } = built
    const { fetch } = outgoing
    const voiceGround = { ...ground, nextId, dataDir: config.dataDir, publicUrl: ground.baseUrl, node: nodeName }
    const tell = tellRefusals(store, journal, clock)
    const voice = buildVoice({
      ...voiceGround,
      fetch,
      fetchOwn: own.fetch,
      product: userAgent,
      sipReason: sipReasonOf,
      askPolicy,
      messaging: built,
      conferences: buildConferences(voiceGround),
      serviceScript: tellingOfDialects.serviceScript,
      told: tell.told,
    })
    const { webhooks, relay, addFaces } = buildWebhooks({
      store,
      clock,
      key,
      journal,
      nextId,
      fetch,
      accounts,
      node: nodeName,
      ...tellingOfDialects,
    })
    undo.push(() => relay.stop())
    const accountOf = (id: number) => accounts.find(id)
    const fault = (cause: unknown, errorId: string) => journal.faultFound(cause, errorId)
    const otherNodes =
      store.engine === 'sqlite'
        ? undefined
        : new OtherNodes({ store, clock, key, nextId, node: nodeName, accountOf, refusalOf, fault })
    if (otherNodes) undo.push(() => otherNodes.stop())
    const { mounts, writeCredentials, parts, telling, scriptForms } = buildFaces({
      otherNodes,
      tell,
      store,
      clock,
      key,
      nextId,
      messaging: built.messaging,
      carriers: built.carriers,
      voice,
      trunks: voice.trunks,
      handsets: built.loopback,
      handsetCalls: voice.pretend,
      fetch: outgoing.fetch,
      askPolicy,
      webhooks,
      diskNearlyFull: () => disk.nearlyFull(),
      canSendEmail: () => config.smtp !== undefined,
      mmsHttp: { kind: built.mmsHttp, news: built.messaging.news },
      publicUrl: ground.baseUrl,
      helpLinks: () => config.helpLinks,
      sip: () => sipReach(config, ground.baseUrl()),
      options: (face) => config.faces[face] ?? {},
      listens: () => listens,
      credentialsFile: () => (firstKey(config.dataDir) === undefined ? undefined : credentialsPath(config.dataDir)),
    })
    addFaces(telling)
    voice.addForms(scriptForms)
    const door = new EsmeDoor({
      ...parts,
      listen: config.smpp,
      tls: config.tls,
      told: tell.told,
      journal,
      node: nodeName,
      keepPlace: () => relay.keepPlace(),
    })
    addFaces({ forms: [], targetsOf: [door.news.targetsOf] })
    const mail = config.smtp && new SmtpSender(config.smtp, () => URL.parse(ground.baseUrl())?.hostname ?? 'localhost')
    if (mail) undo.push(() => mail.close())
    const loops = startLoops<ContactBatchParts & EmailParts & KeepingParts & KeepRecordingsParts>(
      [
        ...purgeLoops,
        contactBatchesLoop,
        settleReservationsLoop,
        expireNumbersLoop,
        sendEmailsLoop,
        ...keepingLoops,
        keepRecordingsLoop,
        ...webhookLoops,
      ],
      {
        store,
        clock,
        nextId,
        key,
        sendEmail: mail && ((email) => mail.send(email)),
        inbound: built.inbound,
        recordings: voice.recordings,
        isOnWire: (id) => built.messaging.isOnWire(id),
        evidenceBytes: () => config.evidenceBytes,
        segmentsWaitMs: () => config.segmentWaitMs,
      },
      {
        node: nodeName,
        onRun: (name, done, tookMs) => journal.loopRan(name, done, tookMs),
        onError: (name, error) => journal.loopFailed(name, error),
      },
    )
    undo.push(() => loops.stop())
    const faces: Mount[] = [healthOf(ground, () => draining), ...mounts]

    server = await startHttpServer({
      listen: config.http,
      tls: config.tls,
      trustedProxies: config.trustedProxies,
      limits: config.limits,
      faces,
      journal,
      clock,
      hosts: prefixesOf(config.hosts, faces),
    })
    const listening = server
    undo.push(() => listening.close(config.shutdownMs))
    const urls = listening.addresses.map((address) => address.url)
    await writeCredentials(config.dataDir)
    await built.start()
    await relay.start()
    undo.push(() => voice.stop(config.shutdownMs))
    const sipAddresses = await voice.start()
    const nodes = watchNodes({
      store,
      clock,
      node: nodeName,
      onDead(dead) {
        journal.nodeDied(dead)
        voice.recover(dead).catch((error: unknown) => journal.loopFailed('recover calls', error))
      },
      onError: (error) => journal.loopFailed('watch nodes', error),
    })
    undo.push(() => nodes.stop())
    undo.push(() => door.stop())
    await openEsmeDoor(door, config, journal)
    listens = { sip: sipAddresses, smpp: door.addresses }
    writePlaces(config.dataDir, listens)
    journal.started(urls, version, clock.elapsedMs() - startedMs)

    let stopped: Promise<void> | undefined
    const lost = () => {
      voice.abandon()
      return offhook.stop('this node was taken for dead, or its lease has run out')
    }
    const offhook: Offhook = {
      urls,
      config: () => config,
      announcement: announcementOf(ground.baseUrl(), urls, listens, config.dataDir),
      async reload(next) {
        await listening.reloadCertificates()
        await door.reloadCertificates()
        let fresh: Config
        let prefixes: Record<string, string>
        try {
          fresh = readConfig(next)
          prefixes = prefixesOf(fresh.hosts, faces)
        } catch (cause) {
          journal.settingsKept(cause instanceof Error ? cause.message.split('\n') : [String(cause)])
          return
        }
        const changed = reloadable.filter((name) => JSON.stringify(fresh[name]) !== JSON.stringify(config[name]))
        config = { ...config, ...Object.fromEntries(reloadable.map((name) => [name, fresh[name]])) }
        journal.setLevel(config.logLevel)
        listening.setTrustedProxies(config.trustedProxies)
        listening.setHosts(prefixes)
        disk.setReserve(config.diskReserveBytes)
        outgoing.setAllow(config.outgoingAllow)
        journal.settingsReloaded(changed)
      },
      stop(why) {
        stopped ??= (async () => {
          const stoppingMs = clock.elapsedMs()
          draining = true
          journal.stopping(why)
          await stopAll()
          journal.stopped(clock.elapsedMs() - stoppingMs)
        })()
        return stopped
      },
      fault: (cause) => journal.faultFound(cause, crypto.randomUUID()),
    }
    return offhook
  } catch (cause) {
    await stopAll()
    journal.flush()
    throw cause
  }
}

const loopback = /^(127\.|localhost$|::1$|\[::1\]$)/

/** What a first start makes is for trying things out on one machine. */
async function refusePublicBind(store: Store, config: Config): Promise<void> {
  const open = [...config.http, ...config.smpp, ...config.sip].find((address) => !loopback.test(address.host))
  if (!open || (await credentialsAreOwn(store))) return
  throw new ConfigFault([
    `${settingOf(config, open)} is ${open.host}:${open.port}, which others can reach, but the credentials are those of a first start. Start on 127.0.0.1 once, run offhook secure, then start again.`,
  ])
}

const settingOf = ({ http, smpp }: Config, address: { readonly host: string }): string =>
  http.some((one) => one === address) ? 'OFFHOOK_HTTP' : smpp.some((one) => one === address) ? 'OFFHOOK_SMPP' : 'OFFHOOK_SIP'

/** Undefined when the address is known only once it listens. */
function announcementOf(baseUrl: string, urls: readonly string[], { sip, smpp }: Listens, dataDir: string): string[] {
  const ready = [
    `Offhook ${version} is ready at ${baseUrl}`,
    ...urls.filter((url) => url !== baseUrl).map((url) => `It listens at ${url} too`),
    ...sip.map((one) => `Phones register at ${registrarOf(one)}`),
    ...smpp.map((one) => `SMPP binds at ${one}`),
  ]
  const key = firstKey(dataDir)
  if (key === undefined) return ready
  return [
    ...ready,
    `Credentials: ${credentialsPath(dataDir)}`,
    `Try it:  curl -H 'Authorization: Bearer ${key}' ${baseUrl}/v1/whoami`,
    `A call:  ${baseUrl}/ shows how a softphone is registered and called`,
  ]
}

/** What SIGHUP may change; the rest needs a start. */
const reloadable = [
  'logLevel',
  'outgoingAllow',
  'policyUrl',
  'policyMs',
  'policyFailsOpen',
  'trustedProxies',
  'hosts',
  'helpLinks',
  'diskReserveBytes',
  'evidenceBytes',
  'segmentWaitMs',
  'faces',
] as const

function healthOf(ground: Ground, draining: () => boolean): Mount {
  return healthMount({
    version,
    clock: ground.clock,
    probeStore: () => ground.store.probe(),
    reasonOf: (cause) => refusalOfStore(cause)?.reason ?? 'platform.database_unreachable',
    diskNearlyFull: () => ground.disk.nearlyFull(),
    clockFault: () => ground.clockWatch.fault(),
    draining,
    metrics: () => ground.journal.metrics(),
  })
}

/** OFFHOOK_HOSTS names faces; the server wants their first prefix. Throws a ConfigFault. */
function prefixesOf(hosts: Config['hosts'], faces: readonly Mount[]): Record<string, string> {
  const names = faces.filter((face) => face.prefixes.some((prefix) => prefix !== '')).map((face) => face.name)
  const entries = Object.entries(hosts).map(([host, name]) => {
    const prefix = faces.find((face) => face.name === name)?.prefixes.find((one) => one !== '')
    if (prefix === undefined) throw new ConfigFault([`OFFHOOK_HOSTS has ${host}=${name}, but the faces are ${names.join(', ')}.`])
    return [host, prefix] as const
  })
  return Object.fromEntries(entries)
}
