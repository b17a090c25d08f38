// What scripts of calls may ask of the platform: sound of the account's files, messages and e-mails in its name, other calls, records of
// what went wrong. Part of the roof: voice/script-parts.ts states it, and here it is done by the rooms that can.

import type { Account } from '#accounts/account.ts'
import type { Caller } from '#accounts/caller.ts'
import { pretendPhone } from '#carriers/loopback/pretend-leg.ts'
import { refuseShort } from '#credit/refuse-short.ts'
import { queuedEmail } from '#email/queued-email.ts'
import type { Messaging } from '#messaging/messaging.ts'
import { inboundTarget } from '#numbers/inbound-target.ts'
import { shownUrl } from '#protocols/http/outgoing.ts'
import { refusal, refuse } from '#reasons/refusal.ts'
import { acceptMessage } from '#store/accept-messages.ts'
import { readApplicationByName, type ApplicationRow } from '#store/applications.ts'
import { isUpElsewhere } from '#store/calls.ts'
import { createEmail } from '#store/emails.ts'
import { deleteMedia, readContent, readMediaByName } from '#store/media.ts'
import { deleteRecording } from '#store/recordings.ts'
import { createRefer } from '#store/refers.ts'
import { noteRefusal } from '#store/refusals.ts'
import type { ScriptStart } from '#voice/call-wish.ts'
import type { Calls } from '#voice/calls.ts'
import type { LiveCall } from '#voice/live-call.ts'
import { divertOf } from '#voice/reserved-conference.ts'
import type { ScriptForm } from '#voice/script-form.ts'
import type { ScriptParts } from '#voice/script-parts.ts'
import type { SendEmail, SendMessage } from '#voice/verbs/verb.ts'
import type { ConferencesBuilt } from './build-conferences.ts'
import type { Ground } from './ground.ts'
import { findRecorded, recordedSound } from './recorded-sound.ts'
import type { Sound } from './sound.ts'

export interface ScriptGround extends Ground {
  readonly conferences: ConferencesBuilt
  readonly messaging: Messaging
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

/** What running scripts need of the rest. */
export function scriptParts(ground: ScriptGround): ScriptParts {
  const { store, clock, journal, node, nextId, fetch, forms, sound, calls, conferences } = ground
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
    callOf({ account }, id) {
      const found = calls().find(id)
      return found?.account.id === account.id && !found.over ? found : undefined
    },
    dialog: (_call, replaces) => calls().byRef(refIn(replaces)),
    isDialogElsewhere: ({ account }, replaces) => isUpElsewhere(store, account.id, node, refIn(replaces)),
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
      call.did.asked({
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

/** By what a call is found whose dialog a Replaces header names. */
const refIn = (replaces: string): string => `sip:${decodeURIComponent(replaces.split(';')[0]!.trim())}`

async function sendMessage({ messaging, store }: ScriptGround, call: LiveCall, verb: SendMessage): Promise<number> {
  const admitted = await messaging.admission.admit(callerOf(call), {
    from: verb.from,
    to: verb.to,
    text: verb.text,
    kind: verb.kind === 'mms' ? 'mms' : 'sms',
    ...(verb.status && { callback: verb.status }),
  })
  const { failed: _, ...message } = admitted
  const accepted = await store.write(acceptMessage, { ...message, actor: { face: call.face } })
  if (accepted.row) {
    messaging.accepted([accepted.row])
    return accepted.row.id
  }
  const { refused } = accepted
  if (refused.why === 'credit') refuseShort(refused.short)
  if (refused.why === 'media') refuse('message.media_unusable', {})
  return refuse('message.queue_overflow', {})
}

async function sendEmail({ config, store, clock, nextId }: ScriptGround, call: LiveCall, verb: SendEmail): Promise<void> {
  if (!config().smtp) refuse('email.gateway_not_configured')
  const { from, to, cc, bcc, subject, text: body } = verb
  const { face, account } = call
  const wish = { id: nextId(), accountId: account.id, face, from, to, cc, bcc, subject, body, type: 'text/plain' }
  await store.write(createEmail, { row: queuedEmail(wish, clock.nowMs()), actor: { face } })
}
