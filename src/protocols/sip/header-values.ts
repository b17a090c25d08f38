// The values of headers that extensions brought: session timers (RFC 4028), Replaces (RFC 3891), Identity (RFC 8224), and those that are one
// word with parameters. Each parse answers undefined when it is not that value; addresses are name-addr.ts.

import { isToken, parseParams, readInteger } from './grammar.ts'

/** `application/sdp`, `presence`, `active`: one word with parameters, as in Content-Type, Event, Subscription-State, Content-Disposition. */
export interface WordValue {
  /** In lower case. */
  readonly word: string
  readonly params: ReadonlyMap<string, string>
}

export function parseWord(text: string): WordValue | undefined {
  const semicolon = text.indexOf(';')
  const parts = (semicolon < 0 ? text : text.slice(0, semicolon)).split('/').map((part) => part.trim().toLowerCase())
  const params = semicolon < 0 ? new Map<string, string>() : parseParams(text, semicolon)
  return params !== undefined && parts.every(isToken) ? { word: parts.join('/'), params } : undefined
}

export interface SessionExpires {
  readonly seconds: number
  readonly refresher: 'uac' | 'uas' | undefined
}

/** RFC 4028 4. */
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
export interface ReplacesValue {
  readonly callId: string
  readonly toTag: string
  readonly fromTag: string
  /** Only a dialog that was not answered yet. */
  readonly earlyOnly: boolean
}

export function parseReplaces(text: string): ReplacesValue | undefined {
  const semicolon = text.indexOf(';')
  const callId = text.slice(0, semicolon).trim()
  const params = semicolon > 0 ? parseParams(text, semicolon) : undefined
  const toTag = params?.get('to-tag')
  const fromTag = params?.get('from-tag')
  if (!toTag || !fromTag || callId === '' || /\s/.test(callId)) return undefined
  return { callId, toTag, fromTag, earlyOnly: params!.has('early-only') }
}

export const replacesText = (value: ReplacesValue): string =>
  `${value.callId};to-tag=${value.toTag};from-tag=${value.fromTag}${value.earlyOnly ? ';early-only' : ''}`

/** A signed caller identity (RFC 8224 4): what was signed, where the certificate is. Nothing is verified here. */
export interface IdentityValue {
  /** The JWT, full or compact. */
  readonly token: string
  readonly info: string
  readonly alg: string | undefined
  readonly ppt: string | undefined
}

export function parseIdentity(text: string): IdentityValue | undefined {
  const found = /^([A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+)[ \t]*;(.*)$/.exec(text)
  const info = found && /(?:^|;)[ \t]*info[ \t]*=[ \t]*<([^<>\s]+)>/i.exec(found[2]!)
  if (!found || !info) return undefined
  const rest = (found[2]!.slice(0, info.index) + found[2]!.slice(info.index + info[0].length)).trim()
  const params = parseParams(rest === '' || rest.startsWith(';') ? rest : `;${rest}`, 0)
  return params && { token: found[1]!, info: info[1]!, alg: params.get('alg'), ppt: params.get('ppt') }
}

/** Seconds of Retry-After (RFC 3261 20.33); its comment and parameters are passed over. */
export const parseRetryAfter = (text: string): number | undefined => readInteger(/^(\d+)[ \t]*(?:[;(].*)?$/.exec(text)?.[1])
