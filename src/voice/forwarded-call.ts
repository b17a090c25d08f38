// Numbers whose calls are passed on to somebody else, without any script: what is dialled for them, and for how long any call to a
// number may last.

import type { NumberRow } from '#store/numbers.ts'
import type { CallCallback } from './call-wish.ts'
import type { CallTarget, Dial } from './verbs/verb.ts'

type Numbered = Pick<NumberRow, 'detail'>

interface Detail {
  readonly forwardTo?: string | null
  readonly forwardFrom?: string | null
  readonly forwardRingSeconds?: number | null
  readonly callSeconds?: number | null
  readonly statusUrl?: string | null
  readonly statusMethod?: string
}

const usualRingSeconds = 60
const longestMs = 14_400_000

/** A number, `client:login`, or a SIP address. */
function targetOf(to: string): CallTarget {
  if (/^sips?:/i.test(to)) return { kind: 'sip', uri: to }
  return to.startsWith('client:') ? { kind: 'client', login: to.slice('client:'.length) } : { kind: 'number', number: to }
}

/** What is dialled for a call to the number; undefined where it is not passed on. Most numbers are not: asked at every call. */
export function forwardOf({ detail }: Numbered): Dial | undefined {
  if (!detail.includes('"forwardTo":"')) return undefined
  const { forwardTo, forwardFrom, forwardRingSeconds } = JSON.parse(detail) as Detail
  return {
    verb: 'dial',
    targets: [{ to: targetOf(forwardTo!) }],
    ...(forwardFrom && { callerId: forwardFrom }),
    timeoutMs: (forwardRingSeconds ?? usualRingSeconds) * 1000,
    mostMs: longestMs,
    answerWithThem: true,
    passEarlyMedia: true,
    endsCall: true,
  }
}

/** How long a call to the number may last at most, by its own setting. */
export function callSecondsOf({ detail }: Numbered): number | undefined {
  if (!detail.includes('"callSeconds":')) return undefined
  return (JSON.parse(detail) as Detail).callSeconds ?? undefined
}

/** Where the states of its calls are told, whatever serves them. */
export function callbackOfNumber({ detail }: Numbered): CallCallback | null {
  if (!detail.includes('"statusUrl":"')) return null
  const { statusUrl, statusMethod } = JSON.parse(detail) as Detail
  return { url: statusUrl!, method: statusMethod === 'GET' ? 'GET' : 'POST' }
}
