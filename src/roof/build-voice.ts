// Voice with its media, its scripts and its ways out and in, put together. Part of the roof, like build-messaging.ts: it knows every room
// below.

import type { Account } from '#accounts/account.ts'
import type { Caller } from '#accounts/caller.ts'
import { triedForMs } from '#email/send-emails.ts'
import { pretendPhone } from '#carriers/loopback/pretend-leg.ts'
import { pretendKind, type PretendKind } from '#carriers/loopback/pretend-trunk.ts'
import type { Journal } from '#journal/journal.ts'
import type { Media } from '#media/contract.ts'
import { WorkerMedia } from '#media/media.ts'
import type { AskPolicy } from '#accounts/policy-hook.ts'
import { inboundTarget } from '#numbers/inbound-target.ts'
import { Router } from '#numbers/router.ts'
import type { ToldRefusal } from '#operations/knock.ts'
import type { SipReason } from '#operations/sip-reason.ts'
import { shownUrl, type FetchGuarded } from '#protocols/http/outgoing.ts'
import { refusal, refuse, type Refusal } from '#reasons/refusal.ts'
import { acceptMessage } from '#store/accept-messages.ts'
import { readApplicationByName, type ApplicationRow } from '#store/applications.ts'
import { createEmail } from '#store/emails.ts'
import { createdNoun } from '#store/happenings.ts'
import { deleteMedia, readContent, readMediaByName } from '#store/media.ts'
import { deleteRecording } from '#store/recordings.ts'
import { createRefer } from '#store/refers.ts'
import { endConnectionsOfNode } from '#store/registrations.ts'
import { noteRefusal } from '#store/refusals.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'
import { AdmitCall } from '#voice/admit-call.ts'
import { CallBook } from '#voice/call-book.ts'
import { callView } from '#voice/call-view.ts'
import { CallLimits } from '#voice/call-limits.ts'
import { Calls, type RunScript } from '#voice/calls.ts'
import { CallChanges } from '#voice/change-call.ts'
import { endOnHold } from '#voice/end-on-hold.ts'
import { Incoming } from '#voice/incoming.ts'
import type { ScriptStart } from '#voice/call-wish.ts'
import type { LiveCall } from '#voice/live-call.ts'
import { recoverCalls } from '#voice/recover-calls.ts'
import { divertOf } from '#voice/reserved-conference.ts'
import { runsScripts } from '#voice/run-script.ts'
import type { ScriptForm } from '#voice/script-form.ts'
import type { ScriptParts } from '#voice/script-parts.ts'
import { Trunks, type TrunkKind } from '#voice/trunks.ts'
import type { SendEmail, SendMessage } from '#voice/verbs/verb.ts'
import { refuseShort } from '#credit/refuse-short.ts'
import type { ConferencesBuilt } from './build-conferences.ts'
import type { MessagingBuilt } from './build-messaging.ts'
import { buildSip, type SipBuilt } from './build-sip.ts'
import { Sound } from './sound.ts'
import type { Config } from '#config/config.ts'
import { addVoiceFigures } from './voice-figures.ts'
import { ofCall, tellTurnedAway } from './tell-turned-away.ts'
import { findRecorded, recordedSound } from './recorded-sound.ts'

export interface BuildVoiceParts {
  readonly config: () => Config
  readonly store: Store
  readonly clock: Clock
  readonly key: Key
  readonly journal: Journal
  readonly nextId: NextId
  readonly fetch: FetchGuarded
  readonly fetchOwn: FetchGuarded
  readonly publicUrl: () => string
  readonly node: string
  readonly product: string
  readonly messaging: MessagingBuilt
  readonly conferences: ConferencesBuilt
  /** The operator's decision point. */
  readonly askPolicy: AskPolicy
  /** Codes in Reason headers, by the call's face; undefined as the face: the call is nobody's. */
  readonly sipReason: (refused: Refusal, face: string | undefined) => SipReason | undefined
  /** What runs on calls of a named service, by the face that it was configured through. */
  readonly serviceScript: (configuration: unknown, name: string) => ScriptStart | undefined
  /** Keeps and journals a refusal. */
  readonly told: (refusal: ToldRefusal) => void
}

export interface VoiceBuilt extends ConferencesBuilt {
  readonly calls: Calls
  readonly changes: CallChanges
  readonly trunks: Trunks
  readonly sip: SipBuilt
  readonly sound: Sound
  readonly media: Media
  /** Its handsets call and are called. */
  readonly pretend: PretendKind
  /** Scripts of the dialects; before it is started. */
  addForms(forms: readonly ScriptForm[]): void
  /** Further kinds of trunks; before it is started. */
  addKinds(kinds: readonly TrunkKind[]): void
  /** Closes what an earlier process left open, opens the trunks and listens. Gives where. */
  start(): Promise<readonly string[]>
  /** Another node has died: what it had is closed, and phones that were connected to it are nowhere. */
  recover(dead: string): Promise<void>
  /** The others have taken this node for dead and closed what it had: its calls end at once. */
  abandon(): void
  /** Takes nothing new, waits so long at most for what is up, and ends the rest. */
  stop(waitMs: number): Promise<void>
}

const recoverEveryMs = 10_000

export function buildVoice(parts: BuildVoiceParts): VoiceBuilt {
  const { config, store, clock, key, journal, nextId, node, messaging, conferences } = parts
  const { accounts, numbers, prices } = messaging
  const sound = new Sound({ ...parts, ...config() })
  const media = lazyMedia(parts)
  const router = new Router(store)
  store.onChange((nouns) => {
    if (nouns.has('routes') || nouns.has(createdNoun('routes')) || nouns.has('*')) router.forget()
  })
  const turnedAway = tellTurnedAway(parts.told, clock)
  const sip: SipBuilt = buildSip({
    ...parts,
    accounts,
    keepWire: (record) => messaging.evidence.wire(record),
    faceReasonOf: (refused, { id }) => parts.sipReason(refused, calls.find(id)?.face),
    take: (call) => calls.takeIncoming(call),
    turnedAway,
  })
  const pretend = pretendKind({
    clock,
    nextId,
    speak: (text) => sound.speak(text),
    said: (phone, text) => (text === null ? sound.pretend.forget(phone) : sound.pretend.said(phone, text)),
    takeIncoming: (call) => calls.takeIncoming(call),
  })
  const kinds: TrunkKind[] = [sip.trunkKind, pretend]
  const trunks = new Trunks({ store, clock, key, journal, node, kinds })
  const limits = new CallLimits(store, clock, node)
  const forms = new Map<string, ScriptForm>()
  const admission = new AdmitCall({
    read: store,
    clock,
    nextId,
    node,
    prices,
    router,
    limits,
    sliceSeconds: config().callHoldSeconds,
    phones: sip.phones,
    addresses: sip.addresses,
    trunk: (id) => trunks.get(id),
    numberOf: (number) => numbers.find(number),
    phoneHeaders: (row) => forms.get(row.face)?.phoneHeaders?.(callView(row)),
    askPolicy: parts.askPolicy,
  })
  // A face without scripts of its own, as our own API, has those of the first that has.
  const scriptFace = (face: string | undefined): string =>
    face !== undefined && forms.has(face) ? face : (forms.keys().next().value ?? '')
  const incoming = new Incoming({
    read: store,
    clock,
    node,
    prices,
    limits,
    sliceSeconds: config().callHoldSeconds,
    accountOf: (id) => accounts.find(id),
    numberOf: (number) => numbers.find(number),
    scriptFace,
    serviceScript: parts.serviceScript,
    async usualScript(accountId) {
      for (const { face, pageOfAccount } of forms.values()) {
        const page = await pageOfAccount?.(accountId)
        if (page) return { face, page }
      }
      return undefined
    },
    askPolicy: parts.askPolicy,
  })
  const run = runsScripts(
    scriptParts({ ...parts, forms, sound, calls: () => calls, scriptOf: (application) => incoming.scriptOf(application) }),
  )
  const runScript: RunScript = (call, start) => run(call, { ...start, face: scriptFace(start.face) })
  const calls: Calls = new Calls({
    node,
    clock,
    journal,
    media,
    book: new CallBook({ store, clock, journal }),
    limits,
    admission,
    incoming,
    phones: sip.phones,
    addresses: sip.addresses,
    trunk: (id) => trunks.get(id),
    runScript,
    keepStep: (callId, what, data, atMs) => {
      const bytes = Buffer.from(JSON.stringify({ what, data }))
      messaging.evidence.wire({ messageId: callId, direction: 'out', protocol: 'step', bytes, atMs })
    },
    refused: (call, why) => turnedAway(ofCall(call, why)),
  })
  store.onChange((nouns) => {
    if (!nouns.has('accounts') && !nouns.has('*')) return
    calls.endUnwelcome((id) => accounts.find(id)).catch((error: unknown) => journal.loopFailed('calls', error))
  })
  store.onChange((nouns) => {
    if (!nouns.has('accounts') && !nouns.has('*')) return
    endOnHold({ calls, accountOf: (id) => accounts.find(id) }).catch((error: unknown) => journal.loopFailed('calls', error))
  })
  addVoiceFigures({ journal, calls, media, trunks, phones: sip.phones, stack: sip.door.stack })
  const recover = { store, clock, key, node, dataDir: config().dataDir }
  let watching: { cancel(): void } | undefined
  const recoverOthers = async (): Promise<void> => {
    try {
      await recoverCalls(recover)
    } catch (error) {
      journal.loopFailed('recover calls', error)
    }
  }
  return {
    ...conferences,
    calls,
    changes: new CallChanges({ runScript, ...conferences }),
    trunks,
    sip,
    sound,
    media,
    pretend,
    addForms(given) {
      for (const form of given) forms.set(form.face, form)
    },
    addKinds: (given) => void kinds.push(...given),
    async start() {
      await recoverCalls(recover)
      if (store.engine === 'postgres') {
        watching = clock.every(recoverEveryMs, () => {
          void recoverOthers()
        })
      }
      await sound.start()
      await trunks.look()
      return sip.start()
    },
    async recover(dead) {
      await recoverOthers()
      await store.write(endConnectionsOfNode, { node: dead, now: clock.nowMs() })
    },
    abandon: () => calls.endAll(refusal('call.platform_stopped')),
    async stop(waitMs) {
      watching?.cancel()
      sip.door.drain()
      await calls.stop(waitMs)
      await Promise.all([conferences.recordings.ended(), conferences.conferences.ended()])
      await trunks.stop()
      await sip.stop()
      await sound.stop()
      await media.stop()
    },
  }
}

/** Threads are made for the first call: a platform without calls has none. */
function lazyMedia({ config, clock, journal }: Pick<BuildVoiceParts, 'config' | 'clock' | 'journal'>): Media {
  let media: WorkerMedia | undefined
  const made = (): WorkerMedia => {
    const { rtpPorts, mediaWorkers: workers, mediaStreams: mostStreams } = config()
    media ??= new WorkerMedia({
      clock,
      rtpPorts,
      workers,
      mostStreams,
      onWorkerDied: (_worker, _streams, cause) => journal.faultFound(cause, crypto.randomUUID()),
      onFault: (_worker, detail) => journal.faultFound(detail, crypto.randomUUID()),
    })
    return media
  }
  return {
    place: () => made().place(),
    state: () => media?.state() ?? [],
    stop: async () => media?.stop(),
  }
}

interface ScriptGround extends BuildVoiceParts {
  readonly forms: ReadonlyMap<string, ScriptForm>
  readonly sound: Sound
  readonly calls: () => Calls
  readonly scriptOf: (application: ApplicationRow) => ScriptStart | undefined
}

const loopbackOf = ({ settings }: Account): boolean => settings.features.includes('loopback_urls')

/** The call's account, as one that asks. */
const callerOf = ({ account, face }: LiveCall): Caller => ({
  face,
  account,
  home: account,
  user: null,
  credentialId: null,
  app: null,
  permissions: new Set(),
  keyName: '',
})

function scriptParts(ground: ScriptGround): ScriptParts {
  const { store, clock, journal, nextId, fetch, forms, sound, calls, conferences } = ground
  return {
    ...conferences,
    clock,
    forms,
    fetch,
    loopback: loopbackOf,
    clips: (call, audio) =>
      sound.playable(audio, {
        loopback: loopbackOf(call.account),
        country: call.account.settings.country,
        async file(name) {
          const row = await readMediaByName(store, call.account.id, name)
          const bytes = row && (await readContent(store, row.sha256))
          return row && bytes && { bytes, mediaType: row.type }
        },
        recording: (recorded) => recordedSound(store, conferences.recordings, call.account.id, recorded),
      }),
    listen: (call, gather) =>
      sound.listen(
        {
          language: gather.language ?? call.account.settings.language,
          hints: gather.hints ?? [],
          partials: gather.partials !== undefined,
          silenceMs: gather.betweenMs,
          inAllMs: gather.inAllMs ?? gather.firstMs + gather.betweenMs * Math.max(1, gather.most),
        },
        pretendPhone(call.leg?.ref),
      ),
    place: (wish) => calls().place(wish),
    async service(call, name) {
      const application = await readApplicationByName(store, call.account.id, 'inbound', name)
      if (!application) refuse('application.not_found', {})
      return refuse('number.not_bound', { number: name, context: 'Voice' })
    },
    async diverted(call, conference) {
      const application = await divertOf(store, call.account.id, conference, clock.nowMs())
      return application && ground.scriptOf(application)
    },
    sendMessage: (call, verb) => sendMessage(ground, call, verb),
    sendEmail: (call, verb) => sendEmail(ground, call, verb),
    async deleteFile(call, name, recorded) {
      const account = call.account.id
      if (recorded) {
        const { id } = await findRecorded(store, account, recorded)
        const done = await store.write(deleteRecording, { id, account, actor: { face: call.face }, now: clock.nowMs() })
        if (!done || 'open' in done) refuse('file.not_found', { file: name })
        return conferences.recordings.removeFile(done.file)
      }
      const row = await readMediaByName(store, account, name)
      const done =
        row && (await store.write(deleteMedia, { id: row.id, account, actor: { face: call.face }, now: clock.nowMs() }))
      if (!done?.deleted) refuse('file.not_found', { file: name })
    },
    async referPage(call) {
      const { script, face } = await inboundTarget(store, call.row.number || call.row.called, 'refer', clock.nowMs())
      if (!script) return refuse('number.not_bound', { number: call.row.number, context: 'Refer' })
      return { face, page: script }
    },
    dialog(_call, replaces) {
      const callId = decodeURIComponent(replaces.split(';')[0]!.trim())
      return calls().byRef(`sip:${callId}`)
    },
    async referred(call, { target, sipStatus, notifiedStatus }) {
      const row = {
        id: nextId(),
        account_id: call.account.id,
        call_id: call.id,
        caller: call.row.caller,
        target,
        sip_status: sipStatus,
        notified_status: notifiedStatus,
        created_ms: clock.nowMs(),
      }
      await store.write(createRefer, { row, actor: { face: call.face } })
    },
    asked(call, { request, answer, tookMs, tries }) {
      call.traced({
        url: shownUrl(request.url),
        method: request.method,
        atMs: clock.nowMs() - tookMs,
        status: answer?.status ?? null,
        tookMs,
        tries,
      })
    },
    trouble(call, { form, refusal: why, page, isWarning = false }) {
      why.errorId ??= crypto.randomUUID()
      const row = {
        error_id: why.errorId,
        account_id: call.account.id,
        face: form.face,
        reason: why.reason,
        params: JSON.stringify({ params: why.params, errors: [], call: call.id }),
        method: page?.method ?? '',
        path: page ? shownUrl(page.url).replace(/\?.*$/s, '') : '',
        status: 0,
        code: form.codeOf?.(why) ?? '',
        source: '',
        trace_id: '',
        at_ms: clock.nowMs(),
      }
      store.note(noteRefusal, row)
      if (!isWarning) journal.scriptFailed(call.account.id, call.id, why.reason, why.errorId)
    },
    fault(_call, error) {
      const why = refusal('platform.internal_error')
      why.errorId = crypto.randomUUID()
      journal.faultFound(error, why.errorId)
      return why
    },
  }
}

async function sendMessage({ messaging, store }: ScriptGround, call: LiveCall, verb: SendMessage): Promise<number> {
  const admitted = await messaging.messaging.admission.admit(callerOf(call), {
    from: verb.from,
    to: verb.to,
    text: verb.text,
    kind: verb.kind === 'mms' ? 'mms' : 'sms',
    ...(verb.status && { callback: verb.status }),
  })
  const { failed: _, ...message } = admitted
  const accepted = await store.write(acceptMessage, { ...message, actor: { face: call.face } })
  if (accepted.row) {
    messaging.messaging.accepted([accepted.row])
    return accepted.row.id
  }
  const { refused } = accepted
  if (refused.why === 'credit') refuseShort(refused.short)
  if (refused.why === 'media') refuse('message.media_unusable', {})
  return refuse('message.queue_overflow', {})
}

async function sendEmail({ config, store, clock, nextId }: ScriptGround, call: LiveCall, verb: SendEmail): Promise<void> {
  if (!config().smtp) refuse('email.gateway_not_configured')
  const now = clock.nowMs()
  const { to, cc, bcc } = verb
  const row = {
    id: nextId(),
    account_id: call.account.id,
    face: call.face,
    sender: verb.from,
    recipients: JSON.stringify({ to, cc, bcc }),
    subject: verb.subject.toWellFormed(),
    body: verb.text.toWellFormed(),
    type: 'text/plain',
    state: 'queued',
    reason: null,
    cause: null,
    attempts: 0,
    wake_ms: now,
    deadline_ms: now + triedForMs,
    created_ms: now,
    ended_ms: null,
    updated_ms: now,
  }
  await store.write(createEmail, { row, actor: { face: call.face } })
}
