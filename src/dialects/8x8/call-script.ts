// The script form of this vendor: the hook for call actions (VCA) is told of a call that came in, and of what was done, and answers with a
// callflow (reference sections 12 to 14). What it does not say goes on: the rest of a callflow after a capture.

import type { FaceParts } from '#operations/face-parts.ts'
import { parseJson } from '#protocols/http/json-strict.ts'
import { refuse, Refusal } from '#reasons/refusal.ts'
import type { CallView, Occasion, ScriptAnswer, ScriptForm, ScriptMemory } from '#voice/script-form.ts'
import type { Page } from '#voice/verbs/verb.ts'
import { envelope } from './voice-target.ts'
import { legPayload } from './call-told.ts'
import { CallflowFault, readCallflow, type Action } from './callflow.ts'
import { verbsOf } from './flow-verbs.ts'
import { face, Ids } from './ids.ts'
import { voiceHook, type VoiceHooksKnown } from './voice-hooks.ts'

/** What is kept with a running callflow. */
export interface FlowMemory extends ScriptMemory {
  clientActionId?: string
  rest?: readonly Action[]
}

const clientActionIdAtMost = 200

export const pageOf = ({ url }: { readonly url: string }): Page => ({ url, method: 'POST' })

export function eightScriptForm(
  { store, key, clock }: Pick<FaceParts, 'store' | 'key' | 'clock'>,
  known: VoiceHooksKnown,
): ScriptForm {
  const ids = new Ids(key)
  return {
    face,
    async pageOfAccount(accountId) {
      const hook = await voiceHook(known, accountId, 'VCA')
      return hook && pageOf(hook)
    },
    async request(page, occasion, call, memory: FlowMemory) {
      const hook = await voiceHook(known, call.accountId, 'VCA')
      const isStart = occasion.type === 'start'
      const payload = legPayload(ids, call, {
        subAccountId: await ids.subAccountId(store, call.accountId),
        status: isStart ? 'CALL_RECEIVED' : 'ACTION_COMPLETED',
        atMs: clock.nowMs(),
        eventId: crypto.randomUUID(),
        ...(!isStart && { dtmf: digitsOf(occasion) }),
        clientActionId: memory.clientActionId,
      })
      return {
        method: 'POST',
        url: page.url,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          ...(hook?.url === page.url && hook.httpAuthHeader !== undefined && { authorization: key.open(hook.httpAuthHeader) }),
        },
        body: JSON.stringify(envelope('CALL_ACTION', isStart ? 'a call came in' : 'an action was done', payload)),
      }
    },
    async read(answer, call, memory: FlowMemory) {
      const { actions, clientActionId } = replyOf(answer)
      if (clientActionId !== undefined) memory.clientActionId = clientActionId
      const hook = await voiceHook(known, call.accountId, 'VCA')
      // Nothing said: what was planned goes on.
      const going = actions.length > 0 ? actions : (memory.rest ?? [])
      const planned = verbsOf(going, hook && pageOf(hook), isUnanswered(call))
      memory.rest = planned.rest
      return { verbs: planned.verbs, warnings: [] }
    },
    accepts: (status) => status === 200,
    // A text that nobody can say, a file that cannot be had: the session is over, with an error of its own.
    endsScript: (_, verb) => verb.verb === 'play' || verb.verb === 'gather',
  }
}

const isUnanswered = ({ direction, answeredMs }: CallView): boolean => direction === 'in' && answeredMs === null

const digitsOf = (occasion: Occasion): string | null =>
  occasion.type === 'result' && occasion.result.verb === 'gather' && occasion.result.digits !== '' ? occasion.result.digits : null

/** Gives markup.error, markup.schema_invalid. */
function replyOf({ body }: ScriptAnswer): { actions: readonly Action[]; clientActionId?: string } {
  // An empty answer says nothing more is to be done.
  if (body.toString('utf8').trim() === '') return { actions: [] }
  const reply = jsonOf(body)
  if (typeof reply !== 'object' || reply === null || Array.isArray(reply))
    refuse('markup.schema_invalid', { element: '$', expected: 'an object with callflow' })
  const { callflow, clientActionId } = reply as Record<string, unknown>
  if (clientActionId !== undefined && clientActionId !== null) {
    if (typeof clientActionId !== 'string' || clientActionId.length > clientActionIdAtMost)
      refuse('markup.schema_invalid', { element: 'clientActionId', expected: `a text of at most ${clientActionIdAtMost}` })
  }
  return {
    actions: callflow === undefined || callflow === null ? [] : flowOf(callflow),
    ...(typeof clientActionId === 'string' && { clientActionId }),
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return parseJson(body)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refuse('markup.error', { fault: String(error.params['fault'] ?? 'not JSON') })
  }
}

function flowOf(callflow: unknown): readonly Action[] {
  try {
    return readCallflow(callflow, { startsWithCall: false })
  } catch (error) {
    if (!(error instanceof CallflowFault)) throw error
    return refuse('markup.schema_invalid', { element: error.path, fault: String(error.code), expected: error.message })
  }
}
