// The values of headers that extensions brought: session timers (RFC 4028), Replaces (RFC 3891), and those that are one word with parameters. Each
// parse answers undefined when it is not that value; addresses are name-addr.ts.

import { isToken, parseParams, readInteger } from './grammar.ts'

/** `application/sdp`, `presence`, `active`: one word with parameters, as in Content-Type, Event, Subscription-State, Content-Disposition. */
export interface WordValue {
  /** In lower case. */
  readonly word: string
  readonly params: ReadonlyMap<string, string>
}

/** RFC 3261 25.1, 20.15; RFC 6665 8.4. */
export function parseWord(text: string): WordValue | undefined {
  const semicolon = text.indexOf(';')
  const parts = (semicolon < 0 ? text : text.slice(0, semicolon)).split('/').map((part) => part.trim().toLowerCase())
  const params = semicolon < 0 ? new Map<string, string>() : parseParams(text, semicolon)
  return params !== undefined && parts.every(isToken) ? { word: parts.join('/'), params } : undefined
}

export interface SessionExpires {
  readonly seconds: number
  /** Who sends the refreshes; undefined where it is left to the other side, and in Min-SE. */
  readonly refresher: 'uac' | 'uas' | undefined
}

/** Session-Expires and Min-SE (RFC 4028 4, 5). */
export function parseSessionExpires(text: string): SessionExpires | undefined {
  const value = parseWord(text)
  const seconds = readInteger(value?.word)
  const refresher = value?.params.get('refresher')?.toLowerCase()
  return seconds === undefined
    ? undefined
    : { seconds, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined }
}

export const sessionExpiresText = (value: SessionExpires): string =>
  value.refresher === undefined ? String(value.seconds) : `${value.seconds};refresher=${value.refresher}`

/** Which dialog a new one takes the place of; the tags are as the receiver of the header sees them (RFC 3891 3). */
export interface Replaces {
  readonly callId: string
  readonly toTag: string
  readonly fromTag: string
  /** Only a dialog that was not answered yet. */
  readonly earlyOnly: boolean
}

/** RFC 3891 6.1. */
export function parseReplaces(text: string): Replaces | undefined {
  const semicolon = text.indexOf(';')
  const callId = text.slice(0, semicolon).trim()
  const params = semicolon > 0 ? parseParams(text, semicolon) : undefined
  const toTag = params?.get('to-tag')
  const fromTag = params?.get('from-tag')
  if (!toTag || !fromTag || callId === '' || /\s/.test(callId)) return undefined
  return { callId, toTag, fromTag, earlyOnly: params!.has('early-only') }
}

export const replacesText = (value: Replaces): string =>
  `${value.callId};to-tag=${value.toTag};from-tag=${value.fromTag}${value.earlyOnly ? ';early-only' : ''}`
