// Call handles (reference section 11): an event asks, and the commands of its JSON answer are done one after the other. An answer without
// commands adds nothing: what was queued before it goes on. Nothing is fetched or done here.

import { parseJson } from '#protocols/http/json-strict.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import type { CallView, Occasion, Script, ScriptForm, ScriptMemory, VerbResult } from '#voice/script-form.ts'
import type { Page } from '#voice/verbs/verb.ts'
import {
  callFields,
  eventRequest,
  inputFields,
  keptFaultIn,
  resultOf,
  resultOfFault,
  servedBy,
  success,
  type EventFields,
  type EventParts,
  type KeptFault,
  type Result,
  type Served,
} from './call-events.ts'
import { readCommands, type CommandMeans } from './call-commands.ts'

/** What is kept between events. */
interface Memory {
  /** The call handle, as it was set up: without the fields of an event. */
  handle?: Page
  /** Commands of the last answer that had any, and after which of them the last event came. */
  queue?: readonly unknown[]
  at?: number
  /** Who is shown to called parties unless a command says. */
  callerId?: string
}

/** The other leg, told as one of this call; where nobody could be called at all, there is none but the attempt. */
function otherLeg(call: CallView, { leg, state, refusal: why, sipStatus }: Extract<VerbResult, { verb: 'dial' }>): CallView {
  const isConnected = state === 'completed'
  const told = leg ?? { ...call, id: 0, parentId: call.id, direction: 'out', answeredMs: null }
  return {
    ...told,
    number: call.number,
    clientRef: call.clientRef,
    reason: why?.reason ?? (isConnected ? 'call.completed' : call.reason),
    sipStatus: sipStatus ?? null,
  }
}

/** What the vendor does for want of `calling_party` (reference section 11.5). */
function usualCallerId(call: CallView, { type }: Served): string | undefined {
  if (type === 'P2I') return call.from
  return call.number === '' ? undefined : call.number
}

export function tokuScriptForm(parts: EventParts): ScriptForm {
  function fieldsOf(call: CallView, served: Served, occasion: Occasion, result: Result): EventFields {
    const started = { status: call.answeredMs === null ? 'SETUP' : 'CONNECT', result, seconds: 0 } as const
    if (occasion.type !== 'result') return callFields(parts, call, served, started)
    const done = occasion.result
    if (done.verb === 'gather') {
      return done.how === 'speech' || occasion.tag?.startsWith('speech') === true
        ? inputFields(parts, call, served, 'SPEECH_TO_TEXT', result, ['text', done.speech ?? ''])
        : inputFields(parts, call, served, 'DTMF', result, ['dtmf', done.digits])
    }
    if (done.verb !== 'dial') return callFields(parts, call, served, started)
    const why = done.refusal && resultOf(done.refusal)
    return callFields(parts, otherLeg(call, done), served, {
      status: 'DISCONNECT',
      result: why && why.code !== 0 ? why : result,
      seconds: Math.round(done.connectedMs / 1000),
    })
  }

  return {
    face: 'toku',
    timeoutMs: 10_000,
    accepts: (status) => status === 200,
    async request(page, occasion, call, memory) {
      const own = memory as Memory & ScriptMemory
      own.handle = { url: page.url, method: page.method }
      own.at = occasion.type === 'result' ? numberOf(occasion.tag) : -1
      const served = await servedBy(parts, call)
      const callerId = usualCallerId(call, served)
      if (callerId !== undefined) own.callerId = callerId
      const fault = keptFaultIn(own)
      // Told once: null is kept over it.
      if (fault) own['fault'] = null
      const fields = fieldsOf(call, served, occasion, fault ? resultOfFault(fault) : success)
      const { headers, ...request } = eventRequest(page.method, page.url, fields)
      return { ...request, headers: { ...headers, accept: 'application/json' } }
    },
    read(answer, _, memory) {
      const own = memory as Memory & ScriptMemory
      const given = commandsIn(answer.body)
      const queued = own.queue ?? []
      const at = own.at ?? -1
      const isQueued = given.length === 0 && at >= 0
      const commands = isQueued ? queued.slice(at + 1) : given
      if (!isQueued) own.queue = commands
      const means: CommandMeans = { page: own.handle!, callerId: own.callerId }
      const { verbs, warnings, fault } = readCommands(commands, means, isQueued ? at + 1 : 0)
      if (fault) keepFault(own, fault)
      return { verbs, warnings } satisfies Script
    },
    // A command that could not be done is told as one that was passed over is: by the next event.
    noteTrouble(why, memory) {
      if (!memory['fault'] && resultOf(why).code !== 0) keepFault(memory, why)
    },
    kept: ({ fault }) => (fault === undefined ? {} : { fault }),
  }
}

function keepFault(memory: ScriptMemory, { reason, params }: Refusal): void {
  memory['fault'] = { reason, params } satisfies KeptFault
}

/** Tags are the numbers of commands, with a word before it for speech. */
const numberOf = (tag: string | undefined): number => Number(/\d+$/.exec(tag ?? '')?.[0] ?? -1)

/** Throws markup.error, markup.schema_invalid. */
export function commandsIn(body: Buffer): readonly unknown[] {
  let value: unknown
  try {
    value = parseJson(body)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const fault = error.params['fault']
    throw refusal('markup.error', { fault: typeof fault === 'string' ? fault : 'the answer is no JSON' })
  }
  const commands = typeof value === 'object' && value !== null ? (value as { commands?: unknown }).commands : undefined
  if (Array.isArray(commands)) return commands
  throw refusal('markup.schema_invalid', { element: 'commands', expected: 'an object with a list of commands' })
}
