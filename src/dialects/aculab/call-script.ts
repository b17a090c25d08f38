// Scripts of calls in this vendor's form, reference section 8: a page is asked with the instance info, by POST as its body or by GET in the
// query, and answers with a list of actions. Nothing is fetched or done here.

import { mediaType } from '#protocols/http/media-type.ts'
import { detailOf, refusal, refuse } from '#reasons/refusal.ts'
import { recordBeside } from '#voice/record-whole.ts'
import type { CallView, Occasion, Script, ScriptAnswer, ScriptForm, ScriptMemory, VerbResult } from '#voice/script-form.ts'
import type { Recorded, Verb } from '#voice/verbs/verb.ts'
import { refusalOf } from './action-fields.ts'
import { faceName } from './auth.ts'
import { callInfo, instanceInfo, memoryOf, type InstanceMemory } from './call-info.ts'
import { parsePage, readActions, readTag } from './call-actions.ts'
import type { InstanceIds } from './instance-ids.ts'
import { readRecordingName, recordingName } from './recording-names.ts'

export interface CallScriptParts {
  readonly ids: InstanceIds
  readonly nowMs: () => number
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10

/** The actions that a verb is called by where no tag says more. */
const actionOf: Partial<Record<Verb['verb'], string>> = {
  play: 'play',
  pause: 'sleep',
  gather: 'get_number',
  record: 'record',
  dial: 'connect',
  conference: 'connect_to_conference',
  hangUp: 'hang_up',
  deleteFile: 'delete_file',
}

export function aculabScriptForm({ ids, nowMs }: CallScriptParts): ScriptForm {
  function resultOf(action: string, result: VerbResult, call: CallView): Record<string, unknown> {
    switch (result.verb) {
      case 'record':
        return {
          filename: result.recordingId === null ? '' : recordingName(ids, result.recordingId, call.id),
          contains_sound: result.hasSound,
          seconds_duration: seconds(result.durationMs),
        }
      case 'gather':
        return gathered(action, result)
      case 'dial':
      case 'conference':
        return { seconds_connected_duration: seconds(result.connectedMs) }
      default:
        return {}
    }
  }

  function told(occasion: Occasion, call: CallView): Record<string, unknown> {
    if (occasion.type === 'result') {
      const { action, id } = readTag(occasion.tag)
      const name = action || (actionOf[occasion.result.verb as Verb['verb']] ?? occasion.result.verb)
      const result = { ...resultOf(name, occasion.result, call), ...(id !== undefined && { id }) }
      return { action_result: { action: name, result } }
    }
    if (occasion.type === 'interrupted') {
      const action = readTag(occasion.tag).action || (occasion.verb && actionOf[occasion.verb])
      return { action_result: { ...(action !== undefined && { action }), interrupted: true } }
    }
    if (occasion.type === 'error') {
      const { element } = occasion.refusal.params
      return {
        error_result: {
          ...(typeof element === 'string' && { action: element }),
          result: detailOf(occasion.refusal),
        },
      }
    }
    return {}
  }

  /** Whose page of errors is asked: a call that came to nothing is not answered for it. */
  const inError = new WeakSet<ScriptMemory>()

  /** Reference section 8.1: a call is answered by itself, also by a page that names no action, and then hung up. */
  const answering = ({ direction, answeredMs }: CallView, { earlyMedia }: InstanceMemory, memory: ScriptMemory): Verb[] =>
    direction === 'in' && answeredMs === null && !earlyMedia && !inError.has(memory) ? [{ verb: 'answer' }] : []

  return {
    face: faceName,
    beforeAnswer: ['reject', 'redirect'],
    answersItself: (memory) => memoryOf(memory).earlyMedia,
    // An action that fails leads to the page of errors, then to the end (reference section 8.1).
    endsScript: () => true,
    kept: (memory) => ({ ...memoryOf(memory) }),
    request(page, occasion, call, memory) {
      if (occasion.type === 'error') inError.add(memory)
      const own = memoryOf(memory)
      const info = instanceInfo(ids, call, own, callInfo(ids, call, own, nowMs()), told(occasion, call))
      return pageRequest(page, info)
    },
    read(answer, call, memory): Script {
      requireJson(answer)
      const own = memoryOf(memory)
      const recorded = (name: string): Recorded | undefined => readRecordingName(ids, name)
      const context = { url: answer.url, version: own.apiVersion, ttsVoice: own.ttsVoice, recorded }
      const { verbs, token, faults, warnings, absent } = readActions(parsePage(answer.body), context)
      const [fault] = faults
      if (fault) throw refusalOf(fault)
      if (absent !== undefined) refuse('platform.not_implemented', { operation: absent })
      Object.assign(memory, { token } satisfies Partial<InstanceMemory>)
      return {
        verbs: verbs.length === 0 ? answering(call, own, memory) : [...recordingOfAll(own, memory), ...verbs],
        warnings: warnings.map(({ path, says }) => ({ text: `${path} ${says}` })),
      }
    },
  }
}

/** A call that is recorded as a whole is so from its first actions on. */
function recordingOfAll({ recording }: InstanceMemory, memory: ScriptMemory): Verb[] {
  if (recording === null) return []
  Object.assign(memory, { recording: null } satisfies Partial<InstanceMemory>)
  return [recordBeside(recording === 'separate' ? 'dual' : 'mixed')]
}

function gathered(action: string, result: Extract<VerbResult, { verb: 'gather' }>): Record<string, unknown> {
  const { how, digits, speech, confidence } = result
  const alternatives = speech === undefined ? [] : [{ text: speech, confidence: confidence ?? 0 }]
  switch (action) {
    case 'get_number':
      return { entered_number: digits }
    case 'run_menu':
      return { digit: digits }
    case 'run_speech_menu':
      return { selection: speech === undefined || how === 'digits' ? digits : speech }
    default:
      return how === 'speech' ? { speech_alternatives: alternatives } : { digits }
  }
}

/** The body by POST, the query argument `instance_info` by GET (reference section 8.2). */
export function pageRequest({ url, method }: { readonly url: string; readonly method: 'GET' | 'POST' }, info: object) {
  const text = JSON.stringify(info)
  const accept = { accept: 'application/json' }
  if (method === 'POST') return { method, url, headers: { ...accept, 'content-type': 'application/json' }, body: text } as const
  const asked = new URL(url)
  asked.searchParams.set('instance_info', text)
  return { method, url: asked.href, headers: accept, body: '' } as const
}

function requireJson({ headers }: ScriptAnswer): void {
  const type = headers['content-type']
  const found = mediaType(typeof type === 'string' ? type : undefined)?.type
  if (found === 'application/json') return
  throw refusal('webhook.answer_unreadable', { cause: `the answer is ${found ?? 'of no type'}, not application/json` })
}
