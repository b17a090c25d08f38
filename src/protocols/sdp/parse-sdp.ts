// Reads a session description (RFC 8866 5 and 9). Strict where a wrong guess would be heard: versions, origins, addresses, ports, lines that are no
// lines. It bears what phones really send: LF alone, a missing `s=` or `t=`, attributes and connections out of order. Attributes are kept, not judged.

import { isIP, isIPv4 } from 'node:net'
import type { Attribute, Connection, MediaSection, Origin, Sdp, SdpFault } from './sdp.ts'

type Open<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] }

const mostLines = 2_000
const token = /^[!#-'*+\-.0-9A-Z^-~]+$/
const digits = /^\d{1,30}$/

/** Reads application/sdp. Lines may end with LF alone; nothing is thrown. */
export function parseSdp(text: string): Sdp | SdpFault {
  const lines = text.split('\n')
  if (lines.length > mostLines) return { fault: 'too many lines', line: mostLines + 1 }
  const reading: Reading = { sdp: emptySession(), origin: undefined, medium: undefined, seen: '' }
  for (const [index, whole] of lines.entries()) {
    const line = whole.endsWith('\r') ? whole.slice(0, -1) : whole
    // An empty line is only borne where nothing follows it.
    if (line === '') {
      if (lines.slice(index + 1).some((rest) => rest.trim() !== '')) return { fault: 'an empty line', line: index + 1 }
      break
    }
    const fault = readLine(reading, line)
    if (fault !== undefined) return { fault, line: index + 1 }
  }
  if (reading.origin === undefined)
    return { fault: reading.seen === '' ? 'nothing is there' : 'o= is missing', line: lines.length }
  return { ...reading.sdp, origin: reading.origin }
}

interface Reading {
  readonly sdp: Open<Omit<Sdp, 'origin'>>
  origin: Origin | undefined
  medium: Open<MediaSection> | undefined
  /** Letters of the session that may stand once. */
  seen: string
}

function emptySession(): Open<Omit<Sdp, 'origin'>> {
  return { name: '-', bandwidths: [], times: [], others: [], attributes: [], media: [] }
}

/** Gives what is wrong with it. */
function readLine(reading: Reading, line: string): string | undefined {
  // 9: no NUL, and CR only as a part of the end of a line.
  if (line[1] !== '=' || line.includes('\0') || line.includes('\r')) return 'no line of the form x=value'
  const letter = line[0]!
  const value = line.slice(2)
  if (reading.seen === '' && letter !== 'v') return 'v= does not come first'
  if ('vos'.includes(letter)) {
    if (reading.seen.includes(letter) || reading.medium !== undefined) return `${letter}= out of place`
    reading.seen += letter
  }
  switch (letter) {
    case 'v':
      return value.trim() === '0' ? undefined : 'a version other than 0'
    case 'o':
      reading.origin = readOrigin(value)
      return reading.origin === undefined ? 'o= cannot be read' : undefined
    case 's':
      reading.sdp.name = value === '' ? '-' : value
      return undefined
    case 'm':
      reading.medium = readMedium(value)
      if (reading.medium === undefined) return 'm= cannot be read'
      reading.sdp.media.push(reading.medium)
      return undefined
    case 'c':
      return readConnectionLine(reading, value)
    case 'a':
      return readAttributeLine(reading.medium ?? reading.sdp, value)
    case 'b':
      ;(reading.medium ?? reading.sdp).bandwidths.push(value)
      return undefined
    case 't':
    case 'r':
    case 'z':
      if (reading.medium !== undefined) return `${letter}= out of place`
      reading.sdp.times.push(line)
      return undefined
    case 'i':
    case 'u':
    case 'e':
    case 'p':
    case 'k':
      if (reading.medium === undefined) reading.sdp.others.push(line)
      else if (letter === 'i') reading.medium.title = value
      else if (letter !== 'k') return `${letter}= out of place`
      return undefined
    default:
      // 5: a description with a letter that is not known is not to be guessed at.
      return `${letter}= is not known`
  }
}

function readConnectionLine(reading: Reading, value: string): string | undefined {
  const connection = readConnection(value.trim().split(/ +/))
  if (connection === undefined) return 'c= cannot be read'
  // Several stand only for layers of multicast (5.7): the first counts.
  if (reading.medium === undefined) reading.sdp.connection ??= connection
  else reading.medium.connection ??= connection
  return undefined
}

function readAttributeLine(into: { readonly attributes: Attribute[] }, value: string): string | undefined {
  const colon = value.indexOf(':')
  const name = colon === -1 ? value.trimEnd() : value.slice(0, colon)
  if (!token.test(name)) return 'a= cannot be read'
  into.attributes.push(colon === -1 ? { name } : { name, value: value.slice(colon + 1).trimEnd() })
  return undefined
}

function readOrigin(value: string): Origin | undefined {
  const parts = value.trim().split(/ +/)
  // The user name is the one that may be broken: some phones put blanks into it.
  if (parts.length < 6) return undefined
  const [sessionId, version, ...rest] = parts.slice(-5)
  const address = readConnection(rest)
  if (!digits.test(sessionId!) || !digits.test(version!) || address === undefined) return undefined
  return { username: parts.slice(0, -5).join(' '), sessionId: sessionId!, version: version!, address }
}

function readConnection(parts: readonly string[]): Connection | undefined {
  const [net, family, whole, ...more] = parts
  if (net !== 'IN' || (family !== 'IP4' && family !== 'IP6') || whole === undefined || more.length > 0) return undefined
  const host = whole.split('/')[0]!
  const kind = isIP(host)
  if (kind === 0 ? !isName(host) : kind !== (family === 'IP4' ? 4 : 6)) return undefined
  return { family, host }
}

/** A domain name, and no number that only looks like an address. */
function isName(host: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})$/.test(host) && !/^[\d.]+$/.test(host) && !isIPv4(host)
}

function readMedium(value: string): Open<MediaSection> | undefined {
  const [kind, port, protocol, ...formats] = value.trim().split(/ +/)
  const found = /^(\d{1,5})(?:\/\d{1,5})?$/.exec(port ?? '')
  if (kind === undefined || !token.test(kind) || found === null || Number(found[1]) > 65_535) return undefined
  if (protocol === undefined || !protocol.split('/').every((part) => token.test(part))) return undefined
  if (formats.length === 0) return undefined
  if (/\bRTP\//.test(protocol) && !formats.every((format) => /^\d{1,3}$/.test(format) && Number(format) < 128)) return undefined
  return { kind, port: Number(found[1]), protocol, formats, bandwidths: [], attributes: [] }
}
