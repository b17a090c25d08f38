// The settings of an SMPP carrier, and its address as one URL: smpp://systemId:password@host:port?window=50&throughput=100, ssmpp:// for TLS.

import {
  detailFrom,
  faultsOf,
  type CarrierSettings,
  type Detail,
  type SettingFault,
  type ValuesOf,
} from '#values/carrier-settings.ts'
import { catalogue } from '#reasons/catalogue.ts'
import { nationalLanguages } from '#values/gsm7-tables.ts'
import { unbracketed } from '#values/host-port.ts'

const octetOrAuto = {
  type: 'text',
  fallback: 'auto',
  pattern: /^(auto|[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])$/,
  form: 'auto or 0 to 255',
} as const
const octet = { type: 'integer', min: 0, max: 255, unit: '' } as const
const ms = { type: 'integer', unit: 'ms' } as const
const anyText = { type: 'text', fallback: '' } as const

export const smppSettings = {
  host: {
    type: 'text',
    fallback: '',
    required: true,
    pattern: /^[^\s/@?#]{1,253}$/,
    form: 'a host name or address',
    about: 'Where the SMSC listens.',
  },
  port: { type: 'integer', fallback: 2775, min: 1, max: 65_535, unit: '', about: 'Its port.' },
  tls: { type: 'boolean', fallback: false, about: 'Connect with TLS.' },
  tlsVerify: { type: 'boolean', fallback: true, about: 'Refuse a certificate that cannot be verified.' },
  tlsCaFile: {
    ...anyText,
    pattern: /^.{0,1024}$/,
    form: 'a path',
    about: 'PEM file of authorities to trust instead of the usual ones.',
  },
  systemId: {
    type: 'text',
    fallback: '',
    required: true,
    pattern: /^[\x20-\x7e]{1,15}$/,
    form: '1 to 15 ASCII characters',
    about: 'Who we are to the SMSC.',
  },
  systemType: {
    ...anyText,
    pattern: /^[\x20-\x7e]{0,12}$/,
    form: 'up to 12 ASCII characters',
    about: 'system_type of the bind.',
  },
  version: { type: 'choice', fallback: '3.4', choices: ['3.4', '5.0'], about: 'interface_version of the bind.' },
  bind: {
    type: 'choice',
    fallback: 'transceiver',
    choices: ['transceiver', 'separate', 'transmitter', 'receiver'],
    about: 'How to bind; separate is a transmitter and a receiver.',
  },
  binds: { type: 'integer', fallback: 1, min: 1, max: 32, unit: '', about: 'How many binds of each sort.' },
  addressRange: {
    ...anyText,
    pattern: /^[\x20-\x7e]{0,40}$/,
    form: 'up to 40 ASCII characters',
    about: 'address_range of the bind.',
  },
  addressTon: { ...octet, fallback: 0, about: 'addr_ton of the bind.' },
  addressNpi: { ...octet, fallback: 0, about: 'addr_npi of the bind.' },
  window: {
    type: 'integer',
    fallback: 50,
    min: 1,
    max: 10_000,
    unit: 'PDUs',
    about: 'How many PDUs of a bind may be unanswered.',
  },
  throughput: {
    type: 'integer',
    fallback: 0,
    min: 0,
    max: 100_000,
    unit: 'PDUs a second',
    about: 'The most over all binds; 0 is no limit.',
  },
  connectTimeoutMs: { ...ms, fallback: 10_000, min: 100, max: 120_000, about: 'For the connection and TLS.' },
  responseTimeoutMs: { ...ms, fallback: 30_000, min: 100, max: 600_000, about: 'For the response to a PDU.' },
  enquireLinkMs: {
    ...ms,
    fallback: 30_000,
    min: 0,
    max: 600_000,
    about: 'After so long without a sign the SMSC is asked; 0 is never.',
  },
  enquireTimeoutMs: {
    ...ms,
    fallback: 10_000,
    min: 100,
    max: 120_000,
    about: 'For its answer; then the bind counts as dead and is made anew.',
  },
  reconnectMinMs: {
    ...ms,
    fallback: 1_000,
    min: 10,
    max: 600_000,
    about: 'Pause before the first attempt to bind again; it doubles.',
  },
  reconnectMaxMs: { ...ms, fallback: 60_000, min: 10, max: 3_600_000, about: 'The longest pause between attempts to bind.' },
  resendUnanswered: {
    type: 'boolean',
    fallback: false,
    about:
      'Send again what the SMSC left unanswered, which it may have taken; else such a message fails and is never sent twice.',
  },
  concat: {
    type: 'choice',
    fallback: 'udh8',
    choices: ['udh8', 'udh16', 'payload', 'sar', 'none'],
    about: 'How segments are tied: a header with a reference of 8 or 16 bits, message_payload, SAR TLVs, or no long texts.',
  },
  packed: { type: 'boolean', fallback: false, about: 'GSM-7 goes packed, eight septets to seven octets.' },
  dataCodingGsm7: { ...octet, fallback: 0, about: 'data_coding of GSM-7 texts.' },
  ucs2: { type: 'boolean', fallback: true, about: 'The SMSC takes UCS-2; else only texts that GSM-7 has.' },
  dataCodingUcs2: { ...octet, fallback: 8, about: 'data_coding of UCS-2 texts.' },
  defaultAlphabet: {
    type: 'choice',
    fallback: 'gsm7',
    choices: ['gsm7', 'latin1', 'ascii', 'utf8'],
    about: 'What the SMSC means by data_coding 0 in what it sends.',
  },
  national: {
    ...anyText,
    pattern: new RegExp(`^((${Object.keys(nationalLanguages).join('|')})(,(?!$)|$))*$`),
    form: `languages of ${Object.keys(nationalLanguages).join(', ')}, separated by commas`,
    about: 'National tables of GSM-7 that the SMSC passes on.',
  },
  plain: { type: 'boolean', fallback: false, about: 'Typographic characters become plain ones where that makes a text GSM-7.' },
  sourceTon: { ...octetOrAuto, about: 'source_addr_ton; auto goes by the sender.' },
  sourceNpi: { ...octetOrAuto, about: 'source_addr_npi; auto goes by the sender.' },
  destTon: { ...octetOrAuto, about: 'dest_addr_ton; auto is international.' },
  destNpi: { ...octetOrAuto, about: 'dest_addr_npi; auto is ISDN.' },
  plus: { type: 'boolean', fallback: false, about: 'Numbers go with their +.' },
  serviceType: { ...anyText, pattern: /^[\x20-\x7e]{0,5}$/, form: 'up to 5 ASCII characters', about: 'service_type.' },
  protocolId: { ...octet, fallback: 0, about: 'protocol_id.' },
  priority: { ...octetOrAuto, fallback: '0', about: 'priority_flag; auto is 1 for urgent messages.' },
  registeredDelivery: { ...octet, fallback: 1, about: 'registered_delivery of messages that want a receipt.' },
  validity: {
    type: 'choice',
    fallback: 'relative',
    choices: ['relative', 'absolute', 'none'],
    about: 'Form of validity_period.',
  },
  tlvs: {
    ...anyText,
    pattern: /^([0-9a-f]{4}=([0-9a-f]{2})*(,(?!$)|$))*$/i,
    form: 'tag=value pairs in hexadecimal, separated by commas, such as 1401=6869',
    about: 'TLVs to go with every message.',
  },
  receiptErrors: {
    ...anyText,
    pattern: /^([0-9a-z]+=[a-z0-9_]+\.[a-z0-9_]+(,(?!$)|$))*$/i,
    form: 'err=reason pairs, separated by commas, such as 099=message.blocked',
    about: "What this SMSC's err in a receipt means, before the usual table.",
  },
  receiptZoneMinutes: {
    type: 'integer',
    fallback: 0,
    min: -1440,
    max: 1440,
    unit: 'minutes',
    about: "How far the SMSC's clock in receipts is ahead of UTC.",
  },
  evidence: { type: 'boolean', fallback: true, about: 'Keep the bytes of PDUs for the timelines of messages.' },
} as const satisfies CarrierSettings

export type SmppSettings = ValuesOf<typeof smppSettings>

export function smppFaults(detail: Detail): SettingFault[] {
  const faults = faultsOf(smppSettings, detail)
  const { reconnectMinMs, reconnectMaxMs, receiptErrors } = detail
  if (Number(reconnectMinMs ?? 1_000) > Number(reconnectMaxMs ?? 60_000))
    faults.push({ field: 'reconnectMinMs', problem: 'must not be above reconnectMaxMs' })
  for (const [err, reason] of pairsOf(receiptErrors)) {
    if (!Object.hasOwn(catalogue, reason))
      faults.push({ field: 'receiptErrors', problem: `gives ${err} a reason that does not exist: ${reason}` })
  }
  return faults
}

/** `a=b,c=d` */
export function pairsOf(text: unknown): (readonly [string, string])[] {
  if (typeof text !== 'string' || text === '') return []
  return text.split(',').map((pair) => {
    const [left = '', right = ''] = pair.split('=')
    return [left, right] as const
  })
}

/** Undefined when it is no address of an SMSC. What its query says is checked by `smppFaults`. */
export function readSmppUrl(text: string): { detail: Detail; secret: string } | undefined {
  const url = URL.parse(text)
  if (!url || !/^s?smpp:$/.test(url.protocol) || url.hostname === '' || !['', '/'].includes(url.pathname) || url.hash !== '')
    return undefined
  let systemId: string
  let secret: string
  try {
    systemId = decodeURIComponent(url.username)
    secret = decodeURIComponent(url.password)
  } catch {
    return undefined
  }
  const detail = {
    host: unbracketed(url.hostname),
    ...(url.port !== '' && { port: Number(url.port) }),
    ...(url.protocol === 'ssmpp:' && { tls: true }),
    ...(systemId !== '' && { systemId }),
    ...detailFrom(smppSettings, url.searchParams),
  }
  return { detail, secret }
}
