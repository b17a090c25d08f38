// What runs on calls that this dialect places: a RingOut rings one party, asks whether to connect, and connects to another. Its clients
// write no scripts, so nothing is ever asked or read.

import { refuse } from '#reasons/refusal.ts'
import type { ScriptForm } from '#voice/script-form.ts'
import type { Dial, Verb } from '#voice/verbs/verb.ts'
import { face } from './applications.ts'

const none = (): never => refuse('markup.error', { fault: 'this vendor has no scripts' })

export const ringcentralScriptForm: ScriptForm = { face, request: none, read: none }

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
