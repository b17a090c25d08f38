// What a trunk may be told: where its gateways are, how both sides know one another, how numbers are written, and its limits. One table for
// the command line, the API and the trunk itself.

import { isIpRange } from '#accounts/allowed-sources.ts'
import type { CodecName } from '#protocols/rtp/codec-name.ts'
import type { Credentials } from '#protocols/sip/session-parts.ts'
import type { TransportName } from '#protocols/sip/stack-parts.ts'
import { parseUri } from '#protocols/sip/uri.ts'
import { allCodecs, digitModes, srtpPolicies } from '#sip-legs/leg-parts.ts'
import {
  detailFrom,
  faultsOf,
  type CarrierSettings,
  type Detail,
  type SettingFault,
  type ValuesOf,
} from '#values/carrier-settings.ts'
import { unbracketed } from '#values/host-port.ts'

const anyText = { type: 'text', fallback: '' } as const
const shortText = { ...anyText, pattern: /^[\x21-\x7e]{0,120}$/, form: 'up to 120 ASCII characters without spaces' }
const digits = { ...anyText, pattern: /^\+?\d{0,15}$/, form: 'up to 15 digits' }

export const sipTrunkSettings = {
  gateways: {
    ...anyText,
    required: true,
    pattern: /^\S.{0,2000}$/,
    form: 'gateways separated by commas, such as sip1.example.net:5060;transport=tls;priority=1;weight=10',
    about:
      'Where calls go, and where they come from unless sources says otherwise. A lower priority goes first; weights share within it.',
  },
  sources: {
    ...anyText,
    pattern: /^[0-9a-f.:/, ]{0,2000}$/i,
    form: 'addresses and ranges separated by commas, such as 192.0.2.0/24,198.51.100.7',
    about: 'Where its calls come from; empty: the gateways that are given as addresses, on this machine by their port too.',
  },
  inbound: {
    type: 'choice',
    fallback: 'address',
    choices: ['address', 'digest', 'none'],
    about: 'How calls from it are known: by their address, or by user name and password.',
  },
  inboundUsername: { ...shortText, about: 'User name that it answers challenges with; empty: the same as username.' },
  username: { ...shortText, about: 'User name for its challenges and in From where it wants one; the password is the secret.' },
  fromDomain: { ...shortText, about: 'Host in From and To; empty: the host of the gateway.' },
  fromUser: { ...shortText, about: 'User in From for every call, with the caller in P-Asserted-Identity; empty: the caller.' },
  register: { type: 'boolean', fallback: false, about: 'Register there, so that it finds us.' },
  registrar: { ...shortText, about: 'Where to register, host:port;transport=udp; empty: the first gateway.' },
  registerSeconds: {
    type: 'integer',
    fallback: 600,
    min: 30,
    max: 86_400,
    unit: 's',
    about: 'For how long a registration is asked for.',
  },
  optionsSeconds: {
    type: 'integer',
    fallback: 30,
    min: 0,
    max: 3_600,
    unit: 's',
    about: 'How often each gateway is asked by OPTIONS; 0 is never, and all count as up.',
  },
  downAfter: {
    type: 'integer',
    fallback: 2,
    min: 1,
    max: 20,
    unit: '',
    about: 'So many failures in a row, of OPTIONS or calls, and a gateway is down until it answers again.',
  },
  codecs: {
    ...anyText,
    fallback: 'PCMA,PCMU,G722,opus',
    pattern: new RegExp(`^(${allCodecs.join('|')})(,(${allCodecs.join('|')}))*$`),
    form: `codecs of ${allCodecs.join(', ')}, separated by commas, the dearest first`,
    about: 'Codecs that are offered and taken.',
  },
  numbers: {
    type: 'choice',
    fallback: 'plus',
    choices: ['plus', 'digits', 'national'],
    about: 'How it writes numbers, both ways: +4930123, 4930123, or as dialled in its country.',
  },
  countryCode: { ...digits, about: 'Calling code of its country, for national numbers: 49.' },
  nationalPrefix: { ...digits, fallback: '0', about: 'Before national numbers; empty where there is none.' },
  internationalPrefix: { ...digits, fallback: '00', about: 'Before numbers of other countries, where numbers are national.' },
  strip: { ...digits, about: 'Taken off the front of called numbers, after they are written in its way.' },
  prefix: { ...anyText, pattern: /^[0-9*#+]{0,20}$/, form: 'up to 20 of 0-9 * # +', about: 'Put before called numbers, last.' },
  inboundStrip: { ...digits, about: 'Taken off the front of called numbers that come in, first.' },
  channels: {
    type: 'integer',
    fallback: 0,
    min: 0,
    max: 100_000,
    unit: 'calls',
    about: 'The most calls at once on each node, both ways together; 0 is no limit.',
  },
  callsPerSecond: {
    type: 'integer',
    fallback: 0,
    min: 0,
    max: 10_000,
    unit: 'calls a second',
    about: 'The most that each node places; 0 is no limit.',
  },
  identity: {
    type: 'choice',
    fallback: 'none',
    choices: ['none', 'asserted', 'preferred'],
    about: 'Header with who calls: P-Asserted-Identity to a network that trusts us, P-Preferred-Identity, or From alone.',
  },
  trustsIdentity: { type: 'boolean', fallback: true, about: 'P-Asserted-Identity of its calls goes before From.' },
  srtp: {
    type: 'choice',
    fallback: 'off',
    choices: [...srtpPolicies],
    about: 'Encrypted media by SDES: never, taken, or always.',
  },
  digits: {
    type: 'choice',
    fallback: 'rfc4733',
    choices: [...digitModes],
    about: 'How digits go out. Those that come are heard in every way.',
  },
  followsRedirects: {
    type: 'boolean',
    fallback: false,
    about:
      'A 3xx is followed to contacts at hosts of its own gateways; else it is a failure, and another gateway or route is tried.',
  },
  silentSeconds: {
    type: 'integer',
    fallback: 4,
    min: 1,
    max: 32,
    unit: 's',
    about: 'A gateway that gives no sign for so long is left for the next one.',
  },
} as const satisfies CarrierSettings

type Table = ValuesOf<typeof sipTrunkSettings>

export interface SipTrunkSettings extends Omit<Table, 'srtp' | 'digits'> {
  readonly srtp: (typeof srtpPolicies)[number]
  readonly digits: (typeof digitModes)[number]
}

export interface GatewaySetting {
  readonly name: string
  readonly host: string
  readonly port: number | undefined
  readonly transport: TransportName | undefined
  readonly priority: number
  readonly weight: number
}

const gatewayParams = new Set(['transport', 'priority', 'weight'])
const transports: ReadonlySet<string> = new Set(['udp', 'tcp', 'tls', 'ws', 'wss'])

/** `host:port;transport=udp;priority=1;weight=10`; undefined when it is none. */
export function readGateway(text: string): GatewaySetting | undefined {
  const uri = parseUri(`sip:${text.trim()}`)
  if (!uri || uri.user !== undefined || uri.headers.length > 0) return undefined
  const transport = uri.params.get('transport')?.toLowerCase()
  const count = (name: string, fallback: number): number => {
    const value = uri.params.get(name)
    if (value === undefined) return fallback
    return /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  }
  const [priority, weight] = [count('priority', 1), count('weight', 1)]
  if ([...uri.params.keys()].some((name) => !gatewayParams.has(name))) return undefined
  if (Number.isNaN(priority) || Number.isNaN(weight) || (transport !== undefined && !transports.has(transport))) return undefined
  const host = unbracketed(uri.host)
  return {
    name: `${uri.host}${uri.port === undefined ? '' : `:${uri.port}`}`,
    host,
    port: uri.port,
    transport: transport as TransportName | undefined,
    priority,
    weight,
  }
}

export const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

export const codecsOf = (settings: SipTrunkSettings): readonly CodecName[] => listOf(settings.codecs) as readonly CodecName[]

/** Whom we are towards the carrier; undefined: nobody by name. */
export const credentialsOf = ({ username }: SipTrunkSettings, secret: string): Credentials | undefined =>
  username === '' ? undefined : { username, password: secret }

export function sipTrunkFaults(detail: Detail): SettingFault[] {
  const faults = faultsOf(sipTrunkSettings, detail)
  if (faults.length > 0) return faults
  const text = (name: keyof Table): string => {
    const value = detail[name]
    return typeof value === 'string' ? value : ''
  }
  for (const gateway of listOf(text('gateways'))) {
    if (!readGateway(gateway)) faults.push({ field: 'gateways', problem: `must be ${sipTrunkSettings.gateways.form}` })
  }
  for (const source of listOf(text('sources'))) {
    if (!isIpRange(source)) faults.push({ field: 'sources', problem: `must be ${sipTrunkSettings.sources.form}` })
  }
  if (text('registrar') !== '' && !readGateway(text('registrar'))) {
    faults.push({ field: 'registrar', problem: 'must be host:port;transport=udp' })
  }
  if (detail['register'] === true && text('username') === '') {
    faults.push({ field: 'username', problem: 'is needed where the trunk registers' })
  }
  if (detail['inbound'] === 'digest' && text('inboundUsername') === '' && text('username') === '') {
    faults.push({ field: 'inboundUsername', problem: 'is needed where calls are known by digest' })
  }
  if (detail['numbers'] === 'national' && text('countryCode') === '') {
    faults.push({ field: 'countryCode', problem: 'is needed for national numbers' })
  }
  return faults
}

/** `sip:user:password@host:port;transport=udp?channels=10`; undefined when it is no such URI. Settings are checked by `sipTrunkFaults`. */
export function readTrunkUrl(text: string): { detail: Detail; secret: string } | undefined {
  const [address = '', query = ''] = text.split('?', 2)
  const uri = parseUri(address)
  if (!uri) return undefined
  const transport = uri.params.get('transport') ?? (uri.scheme === 'sips' ? 'tls' : undefined)
  const others = [...uri.params].filter(([name]) => name !== 'transport').map(([name, value]) => `;${name}=${value}`)
  const port = uri.port === undefined ? '' : `:${uri.port}`
  const gateway = `${uri.host}${port}${transport === undefined ? '' : `;transport=${transport}`}${others.join('')}`
  const detail = {
    gateways: gateway,
    ...(uri.user !== undefined && { username: uri.user }),
    ...detailFrom(sipTrunkSettings, new URLSearchParams(query)),
  }
  return { detail, secret: uri.password ?? '' }
}
