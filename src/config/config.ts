// Everything an operator may set, from the environment and a settings file; the environment wins. The only place that
// reads the environment. All faults are told at once, each with its name, its value and what is allowed; a secret's value never is.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import type { SmtpConfig } from '#email/smtp-sender.ts'
import { saySettings, speechSettings } from '#media/provider-list.ts'
import type { SaySettings } from '#media/say.ts'
import type { SpeechSettings } from '#media/speech-provider.ts'
import { AllowList } from '#protocols/http/outgoing-addresses.ts'
import { nearest } from '#values/nearest.ts'
import { randomHex } from '#values/secrets.ts'
import * as read from './setting.ts'
import type { Setting } from './setting.ts'

export interface Address {
  readonly host: string
  readonly port: number
  readonly secure?: boolean
}

export interface SipAddress {
  readonly transport: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'
  readonly host: string
  readonly port: number
}

export interface Config {
  readonly http: readonly Address[]
  /** Where SIP is heard; empty: nowhere. */
  readonly sip: readonly SipAddress[]
  /** Nobody asked for that address: where it is taken, the platform starts without. */
  readonly sipIsUsual: boolean
  /** What others are told of where we are, in SIP and in SDP, where that is not the address itself: behind NAT. */
  readonly sipAdvertised: string | undefined
  /** What phones are challenged for, and what stands in From of calls to them; undefined: the public URL's host. */
  readonly sipDomain: string | undefined
  /** Ports of media, one for each stream. */
  readonly rtpPorts: { readonly from: number; readonly to: number }
  /** Where media are bound; undefined: as the first address of SIP. */
  readonly rtpHost: string | undefined
  /** A peer of whom nothing is heard for so long is gone, and its call over; 0: whatever it sends. */
  readonly rtpSilenceMs: number
  /** So much of a call is paid for ahead: held when it begins, and again before that is used up. */
  readonly callHoldSeconds: number
  /** RFC 3261 17.1.1.1: what a round trip is thought to take. What is not answered is given up after 64 times as long. */
  readonly sipT1Ms: number
  /** Threads for media. */
  readonly mediaWorkers: number
  /** Of one worker; docs/performance.md has what a core was measured to hold. */
  readonly mediaStreams: number
  /** Where customers' SMPP binds are taken; empty: nowhere. */
  readonly smpp: readonly { readonly host: string; readonly port: number; readonly secure: boolean }[]
  /** Nobody asked for that address: where it is taken, the platform starts without. */
  readonly smppIsUsual: boolean
  /** With which the command line asks the running platform. */
  readonly operatorKey: string | undefined
  /** A key of our own API, for commands that act for one account. */
  readonly apiKey: string | undefined
  /** Absolute. */
  readonly dataDir: string
  /** A postgres:// URL; undefined is SQLite in the data directory. */
  readonly database: string | undefined
  /** Without a trailing slash; undefined: the first HTTP address. */
  readonly publicUrl: string | undefined
  /** 64 hex digits; undefined: the key file in the data directory. */
  readonly key: string | undefined
  /** The mail server that e-mails are handed to; undefined: none are taken. */
  readonly smtp: SmtpConfig | undefined
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined
  readonly trustedProxies: readonly string[]
  /** Host name to face. */
  readonly hosts: Readonly<Record<string, string>>
  /** Error links lead under this address; undefined: each vendor's own form. */
  readonly helpLinks: string | undefined
  /** Private addresses, blocks and names that webhooks and media may be at. */
  readonly outgoingAllow: readonly string[]
  /** The operator's decision point on messages; undefined: nobody is asked. */
  readonly policyUrl: string | undefined
  /** How long it may think. */
  readonly policyMs: number
  /** Whether what it does not decide is done. */
  readonly policyFailsOpen: boolean
  /** Who makes speech of text. */
  readonly say: SaySettings
  /** Who understands speech. */
  readonly speech: SpeechSettings
  /** Of sound that was decoded or spoken, kept to be played again. */
  readonly clipsBytes: number
  /** Of what went over the wire so much is kept; the oldest goes. */
  readonly evidenceBytes: number
  /** How long a segment from a network waits for the others. */
  readonly segmentWaitMs: number
  /** Below this many free bytes in the data directory new work is refused. */
  readonly diskReserveBytes: number
  readonly logLevel: (typeof logLevels)[number]
  readonly shutdownMs: number
  readonly limits: {
    readonly bodyBytes: number
    readonly headerBytes: number
    readonly urlBytes: number
    readonly headersTimeoutMs: number
    readonly requestTimeoutMs: number
  }
  /** Switches of single faces, by face; each face knows and checks its own. */
  readonly faces: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>
  /** The settings file that was read, if any. */
  readonly settingsFile: string | undefined
}

/** Thrown with every fault found. */
export class ConfigFault extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.faults = faults
  }
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

const smppAddresses: Setting<Config['smpp']> = {
  fallback: [{ host: '127.0.0.1', port: 2775, secure: false }],
  parse: (whole) => {
    if (whole.trim() === 'off') return []
    return whole.split(',').map((part) => {
      const found = /^(?:(smpps?):\/\/)?([^/].*)$/.exec(part.trim())
      try {
        return { ...address(found?.[2] ?? ''), secure: found?.[1] === 'smpps' }
      } catch {
        throw new TypeError(
          'host:port, such as 127.0.0.1:2775 or smpps://0.0.0.0:3550; several separated by commas; off for none',
        )
      }
    })
  },
}

const sipAddresses: Setting<Config['sip']> = {
  fallback: [
    { transport: 'udp', host: '127.0.0.1', port: 5060 },
    { transport: 'tcp', host: '127.0.0.1', port: 5060 },
  ],
  parse: (whole) => {
    if (whole.trim() === 'off') return []
    return whole.split(',').flatMap((part) => {
      const [, transport, where = ''] = /^(?:(udp|tcp|tls|ws|wss):\/\/)?([^/].*)$/.exec(part.trim()) ?? []
      try {
        const { host, port } = address(where)
        // RFC 3261 18: whoever speaks one of the two must speak the other.
        const transports = transport === undefined ? (['udp', 'tcp'] as const) : [transport as SipAddress['transport']]
        return transports.map((one) => ({ transport: one, host, port }))
      } catch {
        throw new TypeError(
          'host:port for UDP and TCP, such as 0.0.0.0:5060, or tls://, ws:// or wss:// with host:port; several separated by commas; off for none',
        )
      }
    })
  },
}

const portRange: Setting<Config['rtpPorts']> = {
  fallback: { from: 20_000, to: 39_999 },
  parse: (text) => {
    const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(text.trim()) ?? []
    const range = { from: Number(from), to: Number(to) }
    if (from === undefined || range.from < 1024 || range.to > 65_535 || range.from >= range.to)
      throw new TypeError('a range of ports, such as 20000-39999')
    return range
  },
}

type SettingTable = { readonly [name: string]: Setting<unknown> }

/** One row a variable. The settings file uses the same names in camel case without the prefix: `OFFHOOK_TLS_CERT` is `tlsCert`. */
const settings = {
  OFFHOOK_HTTP: read.list(address, [{ host: '127.0.0.1', port: 8080 }]),
  OFFHOOK_SIP: sipAddresses,
  OFFHOOK_SIP_ADVERTISED: read.optional(ipAddress),
  OFFHOOK_SIP_DOMAIN: read.optional(host),
  OFFHOOK_RTP_PORTS: portRange,
  OFFHOOK_RTP_HOST: read.optional(ipAddress),
  OFFHOOK_RTP_SILENCE_SECONDS: read.integer(60, 0, 86_400),
  OFFHOOK_CALL_HOLD_SECONDS: read.integer(60, 6, 3_600),
  OFFHOOK_SIP_T1_MS: read.integer(500, 50, 5_000),
  OFFHOOK_MEDIA_WORKERS: read.integer(Math.max(1, availableParallelism() - 1), 1, 256),
  OFFHOOK_MEDIA_STREAMS: read.integer(500, 1, 100_000),
  OFFHOOK_DATA: read.text('./data'),
  OFFHOOK_DATABASE: read.secret(database),
  OFFHOOK_PUBLIC_URL: read.optional(webAddress),
  OFFHOOK_KEY: read.secret(key),
  OFFHOOK_SMTP: read.secret(smtp),
  OFFHOOK_SMPP: smppAddresses,
  OFFHOOK_OPERATOR_KEY: read.secret(read.anyText),
  OFFHOOK_API_KEY: read.secret(read.anyText),
  OFFHOOK_TLS_CERT: read.optional(read.anyText),
  OFFHOOK_TLS_KEY: read.optional(read.anyText),
  OFFHOOK_TRUSTED_PROXIES: read.list(proxy, []),
  OFFHOOK_HOSTS: read.table(host, face),
  OFFHOOK_HELP_LINKS: read.optional(webAddress),
  OFFHOOK_OUTGOING_ALLOW: read.list(outgoing, []),
  OFFHOOK_POLICY_URL: read.optional(anyWebAddress),
  OFFHOOK_POLICY_MS: read.integer(3_000, 50, 30_000),
  OFFHOOK_POLICY_FAILS: read.choice(['closed', 'open'], 'closed'),
  OFFHOOK_TTS: { parse: saySettings, fallback: saySettings('espeak'), hidden: true },
  OFFHOOK_SPEECH: { parse: speechSettings, fallback: speechSettings('off'), hidden: true },
  OFFHOOK_CLIPS_BYTES: read.size(512 * 1024 * 1024, 1024 * 1024, 2 ** 40),
  OFFHOOK_EVIDENCE_BYTES: read.size(256 * 1024 * 1024, 0, 2 ** 40),
  OFFHOOK_SEGMENT_WAIT_MS: read.integer(900_000, 1000, 86_400_000),
  OFFHOOK_DISK_RESERVE: read.size(256 * 1024 * 1024, 0, 2 ** 50),
  OFFHOOK_LOG: read.choice(logLevels, 'info'),
  OFFHOOK_SHUTDOWN_MS: read.integer(10_000, 0, 600_000),
  OFFHOOK_BODY_LIMIT: read.size(1024 * 1024, 1024, 2 ** 30),
  OFFHOOK_HEADER_LIMIT: read.size(16 * 1024, 1024, 1024 * 1024),
  OFFHOOK_URL_LIMIT: read.size(8 * 1024, 256, 1024 * 1024),
  OFFHOOK_HEADERS_TIMEOUT_MS: read.integer(10_000, 10, 600_000),
  OFFHOOK_REQUEST_TIMEOUT_MS: read.integer(30_000, 10, 3_600_000),
} satisfies SettingTable

/** Not settings themselves: where the settings file is. */
const settingsPath = 'OFFHOOK_SETTINGS'

export type Environment = Readonly<Record<string, string | undefined>>

/** Throws a ConfigFault. Reads files, writes none. */
export function readConfig(environment: Environment = process.env): Config {
  const faults: string[] = []
  refuseUnknown(environment, faults)
  const dataFromEnvironment = environment['OFFHOOK_DATA'] || './data'
  const file = readSettingsFile(environment[settingsPath], join(dataFromEnvironment, 'settings.json'), faults)
  const value = <T>(name: keyof typeof settings & string, setting: Setting<T>): T => {
    const fromEnvironment = environment[name]
    const raw = fromEnvironment === undefined || fromEnvironment === '' ? file.values[name] : fromEnvironment
    return read.take(name, setting, raw, faults)
  }

  const tlsCert = value('OFFHOOK_TLS_CERT', settings.OFFHOOK_TLS_CERT)
  const tlsKey = value('OFFHOOK_TLS_KEY', settings.OFFHOOK_TLS_KEY)
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    faults.push(
      `${tlsCert === undefined ? 'OFFHOOK_TLS_CERT' : 'OFFHOOK_TLS_KEY'} is missing: a certificate and its key go together.`,
    )
  }
  const http = value('OFFHOOK_HTTP', settings.OFFHOOK_HTTP)
  if (tlsCert === undefined && http.some((one) => one.secure)) {
    faults.push('OFFHOOK_HTTP has an https:// address, which needs OFFHOOK_TLS_CERT and OFFHOOK_TLS_KEY.')
  }
  const smpp = value('OFFHOOK_SMPP', settings.OFFHOOK_SMPP)
  if (tlsCert === undefined && smpp.some((one) => one.secure)) {
    faults.push('OFFHOOK_SMPP has an smpps:// address, which needs OFFHOOK_TLS_CERT and OFFHOOK_TLS_KEY.')
  }
  const sip = value('OFFHOOK_SIP', settings.OFFHOOK_SIP)
  if (tlsCert === undefined && sip.some(({ transport }) => transport === 'tls' || transport === 'wss')) {
    faults.push('OFFHOOK_SIP has a tls:// or wss:// address, which needs OFFHOOK_TLS_CERT and OFFHOOK_TLS_KEY.')
  }
  const config: Config = {
    http,
    sip,
    sipIsUsual: sip === sipAddresses.fallback,
    sipAdvertised: value('OFFHOOK_SIP_ADVERTISED', settings.OFFHOOK_SIP_ADVERTISED),
    sipDomain: value('OFFHOOK_SIP_DOMAIN', settings.OFFHOOK_SIP_DOMAIN),
    rtpPorts: value('OFFHOOK_RTP_PORTS', settings.OFFHOOK_RTP_PORTS),
    rtpHost: value('OFFHOOK_RTP_HOST', settings.OFFHOOK_RTP_HOST),
    rtpSilenceMs: value('OFFHOOK_RTP_SILENCE_SECONDS', settings.OFFHOOK_RTP_SILENCE_SECONDS) * 1000,
    callHoldSeconds: value('OFFHOOK_CALL_HOLD_SECONDS', settings.OFFHOOK_CALL_HOLD_SECONDS),
    sipT1Ms: value('OFFHOOK_SIP_T1_MS', settings.OFFHOOK_SIP_T1_MS),
    mediaWorkers: value('OFFHOOK_MEDIA_WORKERS', settings.OFFHOOK_MEDIA_WORKERS),
    mediaStreams: value('OFFHOOK_MEDIA_STREAMS', settings.OFFHOOK_MEDIA_STREAMS),
    smpp,
    smppIsUsual: smpp === smppAddresses.fallback,
    operatorKey: value('OFFHOOK_OPERATOR_KEY', settings.OFFHOOK_OPERATOR_KEY),
    apiKey: value('OFFHOOK_API_KEY', settings.OFFHOOK_API_KEY),
    dataDir: resolve(value('OFFHOOK_DATA', settings.OFFHOOK_DATA)),
    database: value('OFFHOOK_DATABASE', settings.OFFHOOK_DATABASE),
    publicUrl: value('OFFHOOK_PUBLIC_URL', settings.OFFHOOK_PUBLIC_URL),
    key: value('OFFHOOK_KEY', settings.OFFHOOK_KEY),
    smtp: value('OFFHOOK_SMTP', settings.OFFHOOK_SMTP),
    tls: tlsCert !== undefined && tlsKey !== undefined ? { certFile: resolve(tlsCert), keyFile: resolve(tlsKey) } : undefined,
    trustedProxies: value('OFFHOOK_TRUSTED_PROXIES', settings.OFFHOOK_TRUSTED_PROXIES),
    hosts: value('OFFHOOK_HOSTS', settings.OFFHOOK_HOSTS),
    helpLinks: value('OFFHOOK_HELP_LINKS', settings.OFFHOOK_HELP_LINKS),
    outgoingAllow: value('OFFHOOK_OUTGOING_ALLOW', settings.OFFHOOK_OUTGOING_ALLOW),
    policyUrl: value('OFFHOOK_POLICY_URL', settings.OFFHOOK_POLICY_URL),
    policyMs: value('OFFHOOK_POLICY_MS', settings.OFFHOOK_POLICY_MS),
    policyFailsOpen: value('OFFHOOK_POLICY_FAILS', settings.OFFHOOK_POLICY_FAILS) === 'open',
    say: value('OFFHOOK_TTS', settings.OFFHOOK_TTS),
    speech: value('OFFHOOK_SPEECH', settings.OFFHOOK_SPEECH),
    clipsBytes: value('OFFHOOK_CLIPS_BYTES', settings.OFFHOOK_CLIPS_BYTES),
    evidenceBytes: value('OFFHOOK_EVIDENCE_BYTES', settings.OFFHOOK_EVIDENCE_BYTES),
    segmentWaitMs: value('OFFHOOK_SEGMENT_WAIT_MS', settings.OFFHOOK_SEGMENT_WAIT_MS),
    diskReserveBytes: value('OFFHOOK_DISK_RESERVE', settings.OFFHOOK_DISK_RESERVE),
    logLevel: value('OFFHOOK_LOG', settings.OFFHOOK_LOG),
    shutdownMs: value('OFFHOOK_SHUTDOWN_MS', settings.OFFHOOK_SHUTDOWN_MS),
    limits: {
      bodyBytes: value('OFFHOOK_BODY_LIMIT', settings.OFFHOOK_BODY_LIMIT),
      headerBytes: value('OFFHOOK_HEADER_LIMIT', settings.OFFHOOK_HEADER_LIMIT),
      urlBytes: value('OFFHOOK_URL_LIMIT', settings.OFFHOOK_URL_LIMIT),
      headersTimeoutMs: value('OFFHOOK_HEADERS_TIMEOUT_MS', settings.OFFHOOK_HEADERS_TIMEOUT_MS),
      requestTimeoutMs: value('OFFHOOK_REQUEST_TIMEOUT_MS', settings.OFFHOOK_REQUEST_TIMEOUT_MS),
    },
    faces: file.faces,
    settingsFile: file.path,
  }
  if (config.limits.headersTimeoutMs > config.limits.requestTimeoutMs) {
    faults.push('OFFHOOK_HEADERS_TIMEOUT_MS must not be above OFFHOOK_REQUEST_TIMEOUT_MS.')
  }
  if (faults.length > 0) throw new ConfigFault(faults)
  return config
}

/** The key set, else the one in the data directory, which the first start makes (mode 0600). Throws a ConfigFault. */
export function loadKey(config: Config): string {
  if (config.key !== undefined) return config.key
  const path = join(config.dataDir, 'key')
  let text: string
  try {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
    try {
      // Made only when it is not there: two first starts at once agree on one key.
      writeFileSync(path, `${randomHex(32)}\n`, { flag: 'wx', mode: 0o600 })
      chmodSync(path, 0o600)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    }
    text = readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new ConfigFault([
      `The key file ${path} cannot be made or read (${(cause as NodeJS.ErrnoException).code}). Set OFFHOOK_KEY, or make OFFHOOK_DATA writable.`,
    ])
  }
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new ConfigFault([`The key file ${path} does not hold 64 hex digits. Put back the key that the data was sealed with.`])
  return text
}

/** Whether anyone but this machine can reach an address: generated credentials refuse such a bind. */
export function isPublic(one: Address): boolean {
  return !/^(?:127\.|::1$|localhost$)/.test(one.host)
}

function refuseUnknown(environment: Environment, faults: string[]): void {
  const known = [...Object.keys(settings), settingsPath]
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('OFFHOOK_') || known.includes(name)) continue
    faults.push(`${name} is not a setting.${hint(nearest(name, known))}`)
  }
}

interface SettingsFile {
  readonly path: string | undefined
  readonly values: Readonly<Record<string, unknown>>
  readonly faces: Config['faces']
}

function readSettingsFile(named: string | undefined, usual: string, faults: string[]): SettingsFile {
  const path = named || usual
  const none: SettingsFile = { path: undefined, values: {}, faces: {} }
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    // The usual file need not be there; one that was named must be.
    if (named || (code !== 'ENOENT' && code !== 'ENOTDIR')) faults.push(`The settings file ${path} cannot be read (${code}).`)
    return none
  }
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    faults.push(`The settings file ${path} is not valid JSON.`)
    return none
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    faults.push(`The settings file ${path} must hold one JSON object.`)
    return none
  }
  const byKey = new Map(Object.keys(settings).map((name) => [keyOf(name), name]))
  const values: Record<string, unknown> = {}
  let faces: Config['faces'] = {}
  for (const [key, value] of Object.entries(content)) {
    const name = byKey.get(key)
    if (key === 'faces') faces = readFaces(value, path, faults)
    else if (name === undefined)
      faults.push(`${key} in ${path} is not a setting.${hint(nearest(key, [...byKey.keys(), 'faces']))}`)
    // The file would be looked for in the directory that it names.
    else if (name === 'OFFHOOK_DATA' && !named)
      faults.push(`data in ${path} has no effect: the file was found through OFFHOOK_DATA.`)
    else values[name] = value
  }
  return { path, values, faces }
}

function readFaces(value: unknown, path: string, faults: string[]): Config['faces'] {
  const isTable = (one: unknown): one is Record<string, unknown> => typeof one === 'object' && one !== null && !Array.isArray(one)
  const plain = (one: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof one)
  if (isTable(value) && Object.values(value).every((switches) => isTable(switches) && Object.values(switches).every(plain))) {
    return value as Config['faces']
  }
  faults.push(`faces in ${path} must be an object of faces, each an object of texts, numbers or true and false.`)
  return {}
}

/** `OFFHOOK_TLS_CERT` is `tlsCert`. */
function keyOf(name: string): string {
  return name
    .slice('OFFHOOK_'.length)
    .toLowerCase()
    .replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

// What single values may be: each gives the value or throws what is allowed.

function address(text: string): Address {
  const found = /^(?:(https?):\/\/)?(\[[^\]]+\]|[^:/\s]+):(\d{1,5})$/.exec(text)
  const name = found?.[2]?.replaceAll(/[[\]]/g, '') ?? ''
  const port = Number(found?.[3])
  if (!found || port > 65_535 || !(isIP(name) > 0 || hostName.test(name))) {
    throw new TypeError(
      'host:port, such as 127.0.0.1:8080, [::1]:8080 or https://0.0.0.0:8443; port 0 takes a free one; several separated by commas',
    )
  }
  return found[1] === undefined ? { host: name, port } : { host: name, port, secure: found[1] === 'https' }
}

const hostName = /^(?=.{1,253}$)(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*$/i

function ipAddress(text: string): string {
  if (isIP(text) === 0) throw new TypeError('an IP address, such as 203.0.113.7')
  return text
}

function host(text: string): string {
  if (!hostName.test(text)) throw new TypeError('host=face pairs, such as api.example.com=v1, separated by commas')
  return text.toLowerCase()
}

function face(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(text))
    throw new TypeError('host=face pairs separated by commas, with a face in lower case')
  return text
}

/** A private address, block or name that is to be reached all the same. */
function outgoing(text: string): string {
  void new AllowList([text])
  return text
}

function proxy(text: string): string {
  const [name = '', bits, ...more] = text.split('/')
  const longest = isIP(name) === 4 ? 32 : 128
  if (isIP(name) === 0 || more.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= longest))) {
    throw new TypeError('addresses or CIDR blocks, such as 10.0.0.0/8 or ::1, separated by commas')
  }
  return text
}

function webAddress(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) {
    throw new TypeError('an http:// or https:// address without query and user, such as https://phone.example.com')
  }
  return text.replace(/\/+$/, '')
}

function anyWebAddress(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) throw new TypeError('an http:// or https:// address')
  return text
}

function database(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^postgres(?:ql)?:$/.test(url.protocol))
    throw new TypeError('a postgres:// address; leave it out for the embedded database')
  return text
}

const smtpForm =
  'smtp://user:password@host:port or smtps:// for TLS from the start, user and password percent-encoded or left out; ?tls=required, offered or never'

/** A password goes over TLS only, unless the server is on this machine or ?tls= says otherwise. */
function smtp(text: string): SmtpConfig {
  const url = URL.parse(text)
  const secure = url?.protocol === 'smtps:'
  const tls = url?.searchParams.get('tls') ?? null
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || !/^\/?$/.test(url.pathname)) throw new TypeError(smtpForm)
  if ([...url.searchParams.keys()].some((name) => name !== 'tls') || (url.username === '') !== (url.password === ''))
    throw new TypeError(smtpForm)
  if (tls !== null && tls !== 'required' && tls !== 'offered' && tls !== 'never') throw new TypeError(smtpForm)
  const usual = url.username === '' || /^(?:127\.|localhost$|\[::1\]$)/.test(url.hostname) ? 'offered' : 'required'
  try {
    return {
      host: url.hostname.replaceAll(/[[\]]/g, ''),
      port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
      secure,
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      tls: tls ?? usual,
    }
  } catch {
    throw new TypeError(smtpForm)
  }
}

function key(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new TypeError('64 hex digits, as `openssl rand -hex 32` prints them')
  return text
}

const hint = (near: string): string => (near === '' ? '' : ` The nearest is ${near}.`)
