// What a page answers, read into verbs: reference sections 8.3 and 8.5. Every fault is found with its place; an action is one member of an
// object of its own. What the cloud has and this platform does not is refused by its name.

import { parseJson } from '#protocols/http/json-strict.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import type { Verb } from '#voice/verbs/verb.ts'
import { Reading, type Fault, type Members, type ReadingContext } from './action-fields.ts'
import { getInput, getNumber, runMenu, runSpeechMenu } from './collect-actions.ts'
import { connect, connectToConference } from './connect-actions.ts'
import { playList } from './play-lists.ts'
import { readCipher, record } from './record-action.ts'
import { storedName } from './sound-files.ts'

export interface ReadActions {
  readonly verbs: readonly Verb[]
  /** Passed back with every later page; null where the answer names none. */
  readonly token: string | null
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
  /** What is asked for and not offered. */
  readonly absent: string | undefined
}

const keys = '0123456789*#ABCD'
const longestToken = 5000
const actionsAtMost = 1000

/** Throws markup.error where the text is no JSON, with line and column. */
export function parsePage(body: Buffer): unknown {
  try {
    return parseJson(body)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { fault = error.reason, line, column } = error.params
    throw refusal('markup.error', {
      fault: `no JSON: ${String(fault)}`,
      ...(typeof line === 'number' && { line }),
      ...(typeof column === 'number' && { column }),
    })
  }
}

export function readActions(value: unknown, context: ReadingContext): ReadActions {
  const reading = new Reading(context)
  const page = reading.members(value, '$')
  const token = page?.text('token', { most: longestToken }) ?? null
  const version = page?.text('api_version')
  if (page && version !== undefined && version !== context.version)
    reading.fault('$.api_version', 'is not the version of the service', context.version)
  if (page && !reading.isV1 && !page.has('api_version')) page.missing('api_version')
  if (page) readCipher(page, 'call_recording_cipher')
  if (page && !page.has('actions')) page.missing('actions')
  const elements = page?.list('actions') ?? []
  if (elements.length > actionsAtMost) reading.fault('$.actions', 'has too many', `at most ${actionsAtMost}`)
  const verbs = elements.slice(0, actionsAtMost).flatMap(({ value: one, path }) => readAction(reading, one, path))
  page?.done()
  const { faults, warnings, absent } = reading
  return { verbs, token, faults, warnings, absent }
}

function readAction(reading: Reading, value: unknown, path: string): Verb[] {
  const outer = reading.members(value, path)
  if (!outer) return []
  const names = Object.keys(value as object)
  const [name] = names
  if (name === undefined || names.length > 1)
    return reading.fault(path, 'is no action', 'an object with one member: the name of the action') ?? []
  const read = Object.hasOwn(actions, name) ? actions[name] : undefined
  const place = `${path}.${name.slice(0, 60)}`
  if (!read) return reading.fault(place, 'is no known action', Object.keys(actions).join(', ')) ?? []
  if (reading.isV1 && since2.has(name)) return reading.fault(place, 'is an action of version 2') ?? []
  const of = outer.object(name) ?? reading.members({}, place)!
  const verb = read(of)
  const id = of.has('id') ? of.text('id', { most: 200 }) : undefined
  of.done()
  return verb ? [{ ...verb, at: { element: place }, tag: tagOf(name, id) }] : []
}

const since2 = new Set(['get_input', 'run_speech_menu', 'start_transcription', 'stop_transcription'])

/** The action's name, and the id that the application gave it. */
export const tagOf = (action: string, id: string | undefined): string => (id ? `${action} ${id}` : action)

export function readTag(tag: string | undefined): { readonly action: string; readonly id: string | undefined } {
  const at = tag?.indexOf(' ') ?? -1
  return { action: at < 0 ? (tag ?? '') : tag!.slice(0, at), id: at < 0 ? undefined : tag!.slice(at + 1) }
}

type Read = (of: Members) => Verb | undefined

const notOffered =
  (what: string): Read =>
  (of) =>
    of.reading.notOffered(what)

const gather =
  (read: (of: Members) => object): Read =>
  (of) =>
    ({ verb: 'gather', ...read(of) }) as Verb

const actions: Readonly<Record<string, Read>> = {
  answer: () => ({ verb: 'answer' }),
  connect,
  connect_to_conference: connectToConference,
  delete_file: deleteFile,
  get_input: gather(getInput),
  get_number: gather(getNumber),
  hang_up: hangUp,
  play,
  receive_fax: notOffered('receive_fax'),
  record,
  redirect,
  reject,
  run_menu: gather(runMenu),
  run_speech_menu: gather(runSpeechMenu),
  send_fax: notOffered('send_fax'),
  sleep,
  start_transcription: notOffered('start_transcription'),
  stop_transcription: notOffered('stop_transcription'),
}

function play(of: Members): Verb {
  const audio = playList(of)
  const { isV1 } = of.reading
  const isBarged = of.flag(isV1 ? 'barge_in' : 'barge_in_on_digit', true)
  const stopOnSpeech = !isV1 && of.flag('barge_in_on_speech', false)
  if (!isV1) of.has('barge_in_on_speech_options')
  return { verb: 'play', audio, times: 1, stopOn: isBarged ? keys : '', ...(stopOnSpeech && { stopOnSpeech }) }
}

function sleep(of: Members): Verb {
  if (!of.has('seconds')) of.missing('seconds')
  return { verb: 'pause', ms: of.integer('seconds', 0, 0, 3600) * 1000 }
}

function redirect(of: Members): Verb | undefined {
  const to = of.mustPage('next_page')
  return to && { verb: 'redirect', to }
}

function reject(of: Members): Verb {
  return { verb: 'reject', as: of.choice('cause', ['busy', 'declined', 'rejected'], 'rejected') === 'busy' ? 'busy' : 'declined' }
}

/** User codes are -105 and below (reference section 8.7); 0 and above are no failure. */
function hangUp(of: Members): Verb {
  const code = of.integer('return_code', 0, -1e8, 1e8)
  if (code < 0 && code > -105)
    of.reading.fault(of.at('return_code'), 'is one of the codes that are reserved', '0 or more, or -105 or less')
  return { verb: 'hangUp', ...(code !== 0 && { code }) }
}

function deleteFile(of: Members): Verb | undefined {
  const name = of.has('filename') ? of.text('filename', { most: 200 }) : of.missing('filename')
  if (name === undefined) return undefined
  const recorded = of.reading.context.recorded?.(name)
  return recorded ? { verb: 'deleteFile', name, recorded } : { verb: 'deleteFile', name: storedName(name) }
}
