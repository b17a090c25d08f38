// What runs on calls that this dialect places or answers: a RingOut rings one party, asks whether to connect, and connects to another; a
// call to an extension's number rings its devices, then takes a message. Its clients write no scripts, so nothing is ever asked or read.

import { refuse } from '#reasons/refusal.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import { listClients } from '#store/clients.ts'
import type { Store } from '#store/store.ts'
import type { ScriptForm } from '#voice/script-form.ts'
import type { Dial, Verb } from '#voice/verbs/verb.ts'
import { face } from './applications.ts'

const none = (): never => refuse('markup.error', { fault: 'this vendor has no scripts' })

export const ringcentralScriptForm = ({ store }: Pick<FaceParts, 'store'>): ScriptForm => ({
  face,
  request: none,
  read: none,
  verbsOfUser: (user) => answeringOf(store, user),
})

/** Each is rung when its extension is called. */
const devicesAtMost = 10
const devicesRingMs = 25_000
const voicemailMs = 180_000
const voicemailSilenceMs = 8_000

/** An extension's own number rings its devices, and takes a message where nobody answers. Who has no device is called by nobody so. */
async function answeringOf(
  store: Store,
  { accountId, userId }: { readonly accountId: number; readonly userId: number },
): Promise<readonly Verb[] | undefined> {
  const where = { user: `%"userId":${userId}_%`, enabled: 1 }
  const devices = await listClients(store, { scope: accountId, limit: devicesAtMost, oldestFirst: true, where })
  if (devices.length === 0) return undefined
  const targets = devices.map(({ login }) => ({ to: { kind: 'client', login } as const }))
  return [
    { ...dialTargets(targets), timeoutMs: devicesRingMs, answerWithThem: true, elseNext: true },
    {
      verb: 'play',
      audio: [{ kind: 'say', text: 'Nobody can take your call. Please leave a message after the tone.', language: 'en-US' }],
      times: 1,
    },
    {
      verb: 'record',
      channels: 'heard',
      mostMs: voicemailMs,
      silenceMs: voicemailSilenceMs,
      finishOn: '#',
      beep: true,
      trim: true,
      thenWhenEmpty: false,
      voicemailOf: userId,
    },
    { verb: 'hangUp' },
  ]
}

const ringsMs = 60_000
const lastsMs = 14_400_000
const promptMs = 10_000

export const dialTo = (number: string, callerId: string): Dial => dialTargets([{ to: { kind: 'number', number } }], callerId)

/** Several ring at once. */
export const dialTargets = (targets: Dial['targets'], callerId?: string): Dial => ({
  verb: 'dial',
  targets,
  ...(callerId !== undefined && { callerId }),
  timeoutMs: ringsMs,
  mostMs: lastsMs,
  endsCall: true,
})

/** Nobody is rung before whoever answered first has pressed 1: it may have been a machine. */
export const ringOutVerbs = (to: string, callerId: string, asks: boolean): readonly Verb[] => [
  ...(asks
    ? [
        {
          verb: 'gather',
          prompt: [{ kind: 'say', text: 'To be connected, press 1.', language: 'en-US' }],
          promptTimes: 2,
          inputs: ['digits'],
          valid: '1',
          most: 1,
          finishOn: '',
          firstMs: promptMs,
          betweenMs: promptMs,
          bargeIn: true,
          thenWhenEmpty: false,
          required: true,
        } as const,
      ]
    : []),
  dialTo(to, callerId),
]
