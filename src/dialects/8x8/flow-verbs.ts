// What the actions of a callflow are to do. Where somebody is told of what was done (the hook for call actions), they are asked after a
// capture and after the last action; what they answer goes on from there.

import { recordBeside } from '#voice/record-whole.ts'
import type { Audio, Gather, Page, Verb } from '#voice/verbs/verb.ts'
import type { Action, Capture } from './callflow.ts'

const ringsMs = 60_000
const lastsMs = 14_400_000

export interface Planned {
  readonly verbs: readonly Verb[]
  /** What comes after a capture, unless the answer says otherwise. */
  readonly rest: readonly Action[]
}

/** `page` is asked next; undefined: nobody is. */
export function verbsOf(actions: readonly Action[], page: Page | undefined, isIncoming: boolean): Planned {
  const verbs: Verb[] = []
  for (const [at, action] of actions.entries()) {
    verbs.push(...verbsOfAction(action, page, isIncoming))
    if (action.action === 'sayAndCapture' && page) return { verbs, rest: actions.slice(at + 1) }
  }
  const isOver = actions.length === 0 || actions.at(-1)!.action === 'hangup'
  if (page && !isOver) verbs.push({ verb: 'redirect', to: page })
  return { verbs, rest: [] }
}

function verbsOfAction(action: Action, page: Page | undefined, isIncoming: boolean): readonly Verb[] {
  switch (action.action) {
    case 'makeCall':
      return [
        {
          verb: 'dial',
          targets: [{ to: { kind: 'number', number: action.destination } }],
          callerId: action.source,
          timeoutMs: ringsMs,
          mostMs: lastsMs,
          // Whoever called a virtual number hears the other one ring, and pays for nothing until they answer.
          ...(isIncoming && { answerWithThem: true }),
          ...(action.isRecorded && { record: 'mixed' as const }),
          endsCall: true,
        },
      ]
    case 'say':
      return [{ verb: 'play', audio: [{ kind: 'say', text: action.text, ...action.voice }], times: action.times }]
    case 'playFile':
      return [{ verb: 'play', audio: [{ kind: 'url', url: action.url }], times: action.times }]
    case 'sayAndCapture':
      return [captured(action, page)]
    case 'hangup':
      return [{ verb: 'hangUp' }]
  }
}

function captured(action: Capture, page: Page | undefined): Gather {
  const say = (text: string): readonly Audio[] => [{ kind: 'say', text, ...action.voice }]
  // Before each further try the prompt is heard again; there is nothing besides.
  const again = Array.from({ length: action.tries - 1 }, (): readonly Audio[] => [])
  return {
    verb: 'gather',
    prompt: say(action.prompt),
    inputs: ['digits'],
    valid: action.endsOnHash ? '0123456789*' : '0123456789*#',
    least: action.least,
    most: action.most,
    finishOn: action.endsOnHash ? '#' : '',
    firstMs: action.inAllMs,
    betweenMs: action.betweenMs,
    inAllMs: action.inAllMs,
    bargeIn: true,
    thenWhenEmpty: true,
    again: { onNothing: again, onInvalid: again },
    ...(action.success !== undefined && { success: say(action.success) }),
    ...(action.failure !== undefined && { failure: say(action.failure) }),
    ...(page && { then: page }),
  }
}

/** Both sides of the first call, from its answer on. */
export const recordFirst: Verb = { ...recordBeside('mixed'), mostMs: lastsMs }
