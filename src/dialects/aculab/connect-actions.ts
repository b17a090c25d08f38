// Actions that bring the call together with others: connect, connect_to_conference (reference section 8.5), and how destinations are written
// (section 7).

import type { Dial, DialTarget, JoinConference, Page } from '#voice/verbs/verb.ts'
import type { Members, Reading } from './action-fields.ts'
import { heard } from './play-lists.ts'
import { readCipher } from './record-action.ts'

export type Destination =
  | { readonly kind: 'party'; readonly to: DialTarget['to'] }
  | { readonly kind: 'conference'; readonly name: string }
  /** What kind of destination is not reached from here. */
  | { readonly kind: 'not_offered'; readonly what: string }
  | { readonly kind: 'malformed' }

/** `tel:`, `sip:`, `loc:`, `webrtc:`, `wss:`, `con:`; without one, digits are a telephone number and anything else is SIP. */
export function destinationOf(text: string): Destination {
  const [, prefix, rest = ''] = /^(tel|sip|sips|loc|webrtc|wss|con):(.*)$/is.exec(text) ?? [undefined, '', text]
  switch (prefix!.toLowerCase()) {
    case 'tel':
      return telephone(rest) ?? { kind: 'malformed' }
    case 'loc':
      return rest === '' ? { kind: 'malformed' } : { kind: 'party', to: { kind: 'service', name: rest } }
    case 'webrtc':
      return rest === '' ? { kind: 'malformed' } : { kind: 'party', to: { kind: 'client', login: rest } }
    case 'con':
      return rest === '' ? { kind: 'malformed' } : { kind: 'conference', name: rest }
    case 'wss':
      return { kind: 'not_offered', what: 'destinations that speak WebSocket' }
    case '':
      return telephone(rest) ?? sip(rest)
    default:
      return sip(rest, prefix!.toLowerCase())
  }
}

function telephone(text: string): Destination | undefined {
  const digits = text.replace(/^\+/, '')
  if (!/^[0-9]+(?:-[0-9]+)*$/.test(digits) || digits.length > 20) return undefined
  return { kind: 'party', to: { kind: 'number', number: `+${digits.replaceAll('-', '')}` } }
}

function sip(text: string, scheme = 'sip'): Destination {
  if (!/^[^\s<>"@;]+@[^\s<>"@]+$/.test(text)) return { kind: 'malformed' }
  return { kind: 'party', to: { kind: 'sip', uri: `${scheme}:${text}` } }
}

/** The longest of a call that a connect makes, unless told: 240 minutes. */
const usualMinutes = 240

interface Secondary {
  readonly mostMs: number
  readonly first?: Page | undefined
  readonly error?: Page | undefined
  readonly final?: Page | undefined
  readonly record?: 'mixed' | 'dual'
}

function secondaryCall(of: Members): Secondary {
  const call = of.object('secondary_call')
  if (!call) return { mostMs: usualMinutes * 60_000 }
  const isRecorded = call.flag('call_recording', false)
  const mode = call.choice('call_recording_mode', ['mixed', 'separate'], 'mixed')
  call.flag('call_recording_eliminate_dtmf', true)
  if (call.flag('call_recording_encryption', false)) call.reading.notOffered('encrypted recording of a whole call')
  readCipher(call, 'call_recording_cipher')
  const minutes = call.integer('minutes_max_call_duration', usualMinutes, 1, 10_080)
  const first = call.page('first_page')
  const final = call.page('final_page')
  const error = call.page('error_page')
  call.done()
  return {
    mostMs: minutes * 60_000,
    first,
    error,
    final,
    ...(isRecorded && { record: mode === 'separate' ? ('dual' as const) : ('mixed' as const) }),
  }
}

export function connect(of: Members): Omit<Dial, 'tag' | 'at'> | Omit<JoinConference, 'tag' | 'at'> | undefined {
  const { reading } = of
  if (!of.has('destinations')) of.missing('destinations')
  const texts = of.list('destinations').flatMap(({ value, path }) => {
    if (typeof value === 'string' && value.length <= 500) return [{ value, path }]
    return reading.fault(path, 'is of the wrong type', 'a destination') ?? []
  })
  if (texts.length === 0 && of.has('destinations')) reading.fault(of.at('destinations'), 'names nobody')
  const found = texts.map(({ value, path }) => ({ path, destination: readDestination(reading, value, path) }))
  const callerId = of.text('call_from', { most: 500 })
  const ringback = heard(of, 'hold_media')
  const passEarlyMedia = of.flag('pass_early_media', false)
  const timeoutMs = of.integer('seconds_answer_timeout', 30, 1, 3600) * 1000
  if (isObjectLike(of, 'classify_callee')) reading.warn(of.at('classify_callee'), 'is not done: whoever answers is connected')
  const secondary = secondaryCall(of)
  const then = of.page('next_page')
  if (passEarlyMedia && (texts.length > 1 || secondary.first))
    reading.fault(of.at('pass_early_media'), 'needs one destination and no first page of its call')
  const conference = found.find(({ destination }) => destination?.kind === 'conference')
  if (conference) {
    if (found.length > 1) return reading.fault(conference.path, 'is a conference beside other destinations')
    const { name } = conference.destination as Extract<Destination, { kind: 'conference' }>
    return { ...plainConference(name, secondary.mostMs), ...(then && { then }) }
  }
  const status = secondary.final && { ...secondary.final, events: ['completed'] }
  const screen = secondary.first && { screen: secondary.first, ...(secondary.error && { screenFallback: secondary.error }) }
  const targets = found.flatMap(({ destination }): DialTarget[] => {
    if (destination?.kind !== 'party') return []
    return [{ to: destination.to, ...screen, ...(status && { status }) }]
  })
  return {
    verb: 'dial',
    targets,
    timeoutMs,
    mostMs: secondary.mostMs,
    ...(callerId !== undefined && callerId !== '' && { callerId: callerOf(callerId) }),
    ...(ringback.length > 0 && { ringback }),
    ...(passEarlyMedia && { passEarlyMedia }),
    ...(secondary.record && { record: secondary.record }),
    ...(then && { then }),
  }
}

function isObjectLike(of: Members, name: string): boolean {
  const value = of.raw(name)
  return value === true || (typeof value === 'object' && value !== null)
}

/** Numbers come without their +. */
export const callerOf = (text: string): string => {
  const found = destinationOf(text)
  return found.kind === 'party' && found.to.kind === 'number' ? found.to.number : text.replace(/^[a-z]+:/i, '')
}

function readDestination(reading: Reading, text: string, path: string): Destination | undefined {
  const found = destinationOf(text)
  if (found.kind === 'malformed') return reading.fault(path, 'is no destination', 'a number, a SIP address or a known prefix')
  if (found.kind === 'not_offered') return reading.notOffered(found.what)
  return found
}

/** Unreserved: reference section 9. */
export const mostParticipants = 40

const plainConference = (name: string, mostMs: number): Omit<JoinConference, 'tag' | 'at'> => ({
  verb: 'conference',
  name,
  muted: false,
  startOnEnter: true,
  endOnExit: false,
  beep: true,
  most: mostParticipants,
  mostMs,
})

export function connectToConference(of: Members): Omit<JoinConference, 'tag' | 'at'> {
  const name = of.text('name', { most: 200 }) ?? (of.has('name') ? '' : (of.missing('name') ?? ''))
  if (name === '' && of.has('name')) of.reading.fault(of.at('name'), 'is empty')
  const hold = heard(of, 'hold_media')
  // Conferences of this platform answer at once.
  of.integer('seconds_answer_timeout', 30, 1, 3600)
  const participant = of.object('conference_participant')
  const secondary = secondaryCall(of)
  const then = of.page('next_page')
  const wait = participant ? heard(participant, 'while_stopped_media') : []
  const muteDigit = participant?.digits('mute_digit', '', 1) ?? ''
  const unmuteDigit = participant?.digits('unmute_digit', '', 1) ?? ''
  const exitDigit = participant?.digits('exit_digit', '', 1) ?? ''
  const said = participant ? heard(participant, 'name') : []
  const joined = participant ? heard(participant, 'has_joined_message') : []
  const left = participant ? heard(participant, 'has_left_message') : []
  const audio = wait.length > 0 ? wait : hold
  const verb: Omit<JoinConference, 'tag' | 'at'> = {
    ...plainConference(name, secondary.mostMs),
    muted: !(participant?.flag('talker', true) ?? true),
    startOnEnter: participant?.flag('start_on_entry', true) ?? true,
    endOnExit: participant?.flag('destroy_on_exit', false) ?? false,
    beep: participant?.flag('beep_on_entry', true) ?? true,
    ...(audio.length > 0 && { wait: { kind: 'audio', audio } }),
    ...(joined.length > 0 && { joined: [...said, ...joined] }),
    ...(left.length > 0 && { left: [...said, ...left] }),
    ...(exitDigit !== '' && { exitDigit }),
    ...(muteDigit !== '' && { muteDigit, unmuteDigit: unmuteDigit === '' ? muteDigit : unmuteDigit }),
    ...(secondary.record && { record: true }),
    ...(then && { then }),
  }
  participant?.done()
  return verb
}
