// A verb as a timeline tells it: its name, what it is to do and what came of it. Digits are counted and not named, also those that are
// spoken: they may be somebody's PIN or code. No address keeps a password or a query.

import type { VerbResult } from './script-form.ts'
import type { Audio, DialTarget, Verb } from './verbs/verb.ts'

const textChars = 80
const partsAtMost = 10

/** `say` for a play that only speaks. */
export const nameOf = (verb: Verb): string =>
  verb.verb === 'play' && verb.audio.every(({ kind }) => kind === 'say') ? 'say' : verb.verb

/** What it is to do. */
export function askedOf(verb: Verb): Record<string, unknown> {
  switch (verb.verb) {
    case 'play':
      return { heard: heard(verb.audio), times: verb.times }
    case 'gather':
      return { inputs: verb.inputs, ...(verb.prompt.length > 0 && { heard: heard(verb.prompt) }) }
    case 'record':
      return { channels: verb.channels, ...(verb.background && { background: true }) }
    case 'dial':
      return { targets: verb.targets.slice(0, partsAtMost).map(({ to }) => partyText(to)) }
    case 'conference':
      return { name: verb.name, muted: verb.muted }
    case 'supervise':
      return { callId: verb.callId, how: verb.how }
    case 'message':
      return { kind: verb.kind, to: verb.to }
    case 'refer':
      return { target: withoutSecrets(verb.target) }
    case 'redirect':
      return { to: withoutSecrets(verb.to.url) }
    case 'pause':
    case 'endAfter':
      return { ms: verb.ms }
    case 'deleteFile':
      return { name: verb.name }
    case 'reject':
      return { as: verb.as }
    default:
      return {}
  }
}

function heard(audio: readonly Audio[]): unknown[] {
  return audio.slice(0, partsAtMost).map((one) => {
    switch (one.kind) {
      case 'say':
        return { say: one.text.slice(0, textChars).replaceAll(/\d/g, '#'), language: one.language }
      case 'url':
        return { url: withoutSecrets(one.url) }
      case 'file':
        return { file: one.name }
      case 'recording':
        return { recording: true }
      case 'silence':
        return { silenceMs: one.ms }
      case 'digits':
        return { digits: one.digits.length }
      case 'tone':
        return { tone: one.tone }
    }
  })
}

/** Of the result, what names no digit. */
export function cameOf(result: VerbResult): Record<string, unknown> {
  switch (result.verb) {
    case 'gather': {
      const { how, digits, speech, confidence } = result
      return { got: how, digits: digits.length, ...(speech !== undefined && { speechChars: speech.length, confidence }) }
    }
    case 'record':
      return { recordingId: result.recordingId, durationMs: result.durationMs, hasSound: result.hasSound }
    case 'dial':
      return { state: result.state, callId: result.callId, connectedMs: result.connectedMs, ringMs: result.ringMs }
    case 'conference':
      return { conferenceId: result.conferenceId, connectedMs: result.connectedMs }
    case 'message':
      return { messageId: result.messageId }
    case 'hold':
    case 'resume':
      return { state: result.state }
    case 'refer':
      return { accepted: result.accepted, notifiedStatus: result.notifiedStatus }
    default:
      return {}
  }
}

/** As a timeline says it. */
export function partyText(to: DialTarget['to']): string {
  if (to.kind === 'number') return to.number
  if (to.kind === 'client') return `client:${to.login}`
  return to.kind === 'sip' ? withoutSecrets(to.uri) : to.name
}

/** An address without user and password of its authority, and without its query. */
export const withoutSecrets = (url: string): string => url.replace(/[?#].*$/s, '').replace(/^(https?:\/\/)[^/@]*@/i, '$1')
