// Voice with its media, its scripts and its ways out and in, put together. Part of the roof, like build-messaging.ts: it knows every room
// below.

import type { Media } from '#media/contract.ts'
import type { ToldRefusal } from '#operations/knock.ts'
import type { SipReason } from '#operations/sip-reason.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import { endConnectionsOfNode } from '#store/registrations.ts'
import type { Timer } from '#values/clock.ts'
import { AdmitCall } from '#voice/admit-call.ts'
import { CallBook } from '#voice/call-book.ts'
import { callView } from '#voice/call-view.ts'
import { CallLimits } from '#voice/call-limits.ts'
import type { ScriptStart } from '#voice/call-wish.ts'
import { Calls, type RunScript } from '#voice/calls.ts'
import { CallChanges } from '#voice/change-call.ts'
import { endOnHold } from '#voice/end-on-hold.ts'
import { Incoming, type IncomingParts } from '#voice/incoming.ts'
import { recoverCalls } from '#voice/recover-calls.ts'
import { runsScripts } from '#voice/run-script.ts'
import type { ScriptForm } from '#voice/script-form.ts'
import type { ConferencesBuilt } from './build-conferences.ts'
import { buildLines, type LinesBuilt } from './build-lines.ts'
import type { MessagingBuilt } from './build-messaging.ts'
import type { Ground } from './ground.ts'
import { lazyMedia } from './lazy-media.ts'
import { scriptParts } from './script-parts.ts'
import { Sound } from './sound.ts'
import { ofCall, tellTurnedAway } from './tell-turned-away.ts'
import { addVoiceFigures } from './voice-figures.ts'

export interface BuildVoiceParts extends Ground {
  readonly messaging: MessagingBuilt
  readonly conferences: ConferencesBuilt
  /** Codes in Reason headers, by the call's face; undefined as the face: the call is nobody's. */
  readonly sipReason: (refused: Refusal, face: string | undefined) => SipReason | undefined
  /** What runs on calls of a named service, by the face that it was configured through. */
  readonly serviceScript: (configuration: unknown, name: string) => ScriptStart | undefined
  /** Keeps and journals a refusal. */
  readonly told: (refusal: ToldRefusal) => void
}

export interface VoiceBuilt extends ConferencesBuilt, LinesBuilt {
  readonly calls: Calls
  readonly changes: CallChanges
  readonly sound: Sound
  readonly media: Media
  /** Scripts of the dialects; before it is started. */
  addForms(forms: readonly ScriptForm[]): void
  /** Closes what an earlier process left open, opens the trunks and listens. Gives where. */
  start(): Promise<readonly string[]>
  /** Another node has died: what it had is closed, and phones that were connected to it are nowhere. */
  recover(dead: string): Promise<void>
  /** The others have taken this node for dead and closed what it had: its calls end at once. */
  abandon(): void
  /** Takes nothing new, waits so long at most for what is up, and ends the rest. */
  stop(waitMs: number): Promise<void>
}

export function buildVoice(parts: BuildVoiceParts): VoiceBuilt {
  const { config, store, clock, journal, messaging, conferences } = parts
  const { accounts, evidence } = messaging
  const sound = new Sound({ ...parts, ...config() })
  const media = lazyMedia(parts)
  const forms = new Forms()
  const turnedAway = tellTurnedAway(parts.told, clock)
  const lines: LinesBuilt = buildLines({
    ...parts,
    accounts,
    sound,
    keepWire: (record) => evidence.wire(record),
    faceReasonOf: (refused, { id }) => parts.sipReason(refused, calls.find(id)?.face),
    take: (call) => calls.takeIncoming(call),
    turnedAway,
  })
  const { sip, trunks } = lines
  const { limits, admission, incoming } = admitting(parts, lines, forms)
  const run = runsScripts(
    scriptParts({
      ...parts,
      messaging: messaging.messaging,
      forms: forms.byFace,
      sound,
      calls: () => calls,
      scriptOf: (application) => incoming.scriptOf(application),
    }),
  )
  const runScript: RunScript = (call, start) => run(call, { ...start, face: forms.faceFor(start.face) })
  const calls: Calls = new Calls({
    ...parts,
    media,
    book: new CallBook(parts),
    limits,
    admission,
    incoming,
    phones: sip.phones,
    addresses: sip.addresses,
    trunk: (id) => trunks.get(id),
    runScript,
    keepStep: (callId, what, data, atMs) => {
      const bytes = Buffer.from(JSON.stringify({ what, data }))
      evidence.wire({ messageId: callId, direction: 'out', protocol: 'step', bytes, atMs })
    },
    refused: (call, why) => turnedAway(ofCall(call, why)),
  })
  addVoiceFigures({ journal, calls, media, trunks, phones: sip.phones, stack: sip.door.stack })
  endCallsOfAccounts(parts, calls)
  const recovery = recovering(parts)
  return {
    ...conferences,
    ...lines,
    calls,
    changes: new CallChanges({ clock, runScript, ...conferences }),
    sound,
    media,
    addForms: (given) => forms.add(given),
    async start() {
      await recovery.start()
      await sound.start()
      await trunks.look()
      return sip.start()
    },
    async recover(dead) {
      await recovery.again()
      await store.write(endConnectionsOfNode, { node: dead, now: clock.nowMs() })
    },
    abandon: () => calls.endAll(refusal('call.platform_stopped')),
    async stop(waitMs) {
      recovery.stop()
      sip.drain()
      await Promise.all([calls.stop(waitMs), sip.phones.carriedEnded(waitMs)])
      await Promise.all([conferences.recordings.ended(), conferences.conferences.ended()])
      await trunks.stop()
      await sip.stop()
      await sound.stop()
      await media.stop()
    },
  }
}

type UnboundNumber = Parameters<NonNullable<IncomingParts['usualScript']>>[0]

/** The scripts of the dialects, by face. */
class Forms {
  readonly byFace = new Map<string, ScriptForm>()

  add(forms: readonly ScriptForm[]): void {
    for (const form of forms) this.byFace.set(form.face, form)
  }

  /** A face without scripts of its own, as our own API, has those of the first that has. */
  faceFor(face: string | undefined): string {
    return face !== undefined && this.byFace.has(face) ? face : (this.byFace.keys().next().value ?? '')
  }

  /** What runs where nothing was set with the number. */
  async usualScript(number: UnboundNumber): Promise<ScriptStart | undefined> {
    const { accountId, userId } = number
    for (const { face, pageOfAccount, verbsOfUser } of this.byFace.values()) {
      const page = await pageOfAccount?.(accountId)
      if (page) return { face, page }
      const verbs = userId === null ? undefined : await verbsOfUser?.({ accountId, userId })
      if (verbs) return { face, page: null, verbs }
    }
    return undefined
  }
}

interface Admitting {
  readonly limits: CallLimits
  readonly admission: AdmitCall
  readonly incoming: Incoming
}

/** Who may place a call and who may take one, under the same limits, prices and policy. */
function admitting(parts: BuildVoiceParts, { sip, trunks }: LinesBuilt, forms: Forms): Admitting {
  const { store, clock, node, messaging } = parts
  const { accounts, numbers, prices, router } = messaging
  const limits = new CallLimits(store, clock, node)
  const both = {
    ...parts,
    read: store,
    prices,
    limits,
    sliceSeconds: parts.config().callHoldSeconds,
    numberOf: (number: string) => numbers.find(number),
  }
  const admission = new AdmitCall({
    ...both,
    router,
    phones: sip.phones,
    addresses: sip.addresses,
    trunk: (id) => trunks.get(id),
    phoneHeaders: (row) => forms.byFace.get(row.face)?.phoneHeaders?.(callView(row)),
  })
  const incoming = new Incoming({
    ...both,
    accountOf: (id) => accounts.find(id),
    scriptFace: (face) => forms.faceFor(face),
    usualScript: (number) => forms.usualScript(number),
  })
  return { limits, admission, incoming }
}

const recoverEveryMs = 10_000

interface Recovery {
  start(): Promise<void>
  /** Never rejects. */
  again(): Promise<void>
  stop(): void
}

/** Calls that a process left open when it died: an earlier one of ours, or another node. */
function recovering({ store, clock, key, node, dataDir, journal }: Ground): Recovery {
  const recover = () => recoverCalls({ store, clock, key, node, dataDir })
  const again = async (): Promise<void> => {
    try {
      await recover()
    } catch (error) {
      journal.loopFailed('recover calls', error)
    }
  }
  let timer: Timer | undefined
  return {
    async start() {
      await recover()
      if (store.engine === 'postgres') timer = clock.every(recoverEveryMs, () => void again())
    },
    again,
    stop: () => timer?.cancel(),
  }
}

/** Whoever is closed or put on hold has no calls from then on. */
function endCallsOfAccounts({ store, journal, messaging }: BuildVoiceParts, calls: Calls): void {
  const accountOf = (id: number) => messaging.accounts.find(id)
  const failed = (error: unknown): void => journal.loopFailed('calls', error)
  store.onChange((nouns) => {
    if (!nouns.has('accounts') && !nouns.has('*')) return
    endOnHold({ calls, accountOf }).catch(failed)
  })
}
