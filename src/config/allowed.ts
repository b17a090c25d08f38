// What single values of settings may be. Each gives the value, or throws a TypeError that says what is allowed and repeats no secret.

import { isIP } from 'node:net'
import type { SmtpConfig } from '#email/smtp-sender.ts'
import { AllowList } from '#protocols/http/outgoing-addresses.ts'
import { unbracketed } from '#values/host-port.ts'

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

export function address(text: string): Address {
  const found = /^(?:(https?):\/\/)?(\[[^\]]+\]|[^:/\s]+):(\d{1,5})$/.exec(text)
  const name = unbracketed(found?.[2] ?? '')
  const port = Number(found?.[3])
  if (!found || port > 65_535 || !(isIP(name) > 0 || hostName.test(name))) {
    throw new TypeError(
      'host:port, such as 127.0.0.1:8080, [::1]:8080 or https://0.0.0.0:8443; port 0 takes a free one; several separated by commas',
    )
  }
  return found[1] === undefined ? { host: name, port } : { host: name, port, secure: found[1] === 'https' }
}

export function smppAddresses(whole: string): readonly Required<Address>[] {
  if (whole.trim() === 'off') return []
  return whole.split(',').map((part) => {
    const found = /^(?:(smpps?):\/\/)?([^/].*)$/.exec(part.trim())
    try {
      return { ...address(found?.[2] ?? ''), secure: found?.[1] === 'smpps' }
    } catch {
      throw new TypeError('host:port, such as 127.0.0.1:2775 or smpps://0.0.0.0:3550; several separated by commas; off for none')
    }
  })
}

export function sipAddresses(whole: string): readonly SipAddress[] {
  if (whole.trim() === 'off') return []
  return whole.split(',').flatMap((part) => {
    const [, transport, where = ''] = /^(?:(udp|tcp|tls|ws|wss):\/\/)?([^/].*)$/.exec(part.trim()) ?? []
    try {
      const { host: name, port } = address(where)
      // RFC 3261 18: whoever speaks one of the two must speak the other.
      const transports = transport === undefined ? (['udp', 'tcp'] as const) : [transport as SipAddress['transport']]
      return transports.map((one) => ({ transport: one, host: name, port }))
    } catch {
      throw new TypeError(
        'host:port for UDP and TCP, such as 0.0.0.0:5060, or tls://, ws:// or wss:// with host:port; several separated by commas; off for none',
      )
    }
  })
}

/** One that others can go to: no wildcard, no name. */
export function nodeAddress(text: string): Address {
  const found = /^(\[[^\]]+\]|[^:/\s]+):(\d{1,5})$/.exec(text.trim())
  const ip = unbracketed(found?.[1] ?? '')
  const port = Number(found?.[2])
  if (!found || port > 65_535 || isIP(ip) === 0 || ip === '0.0.0.0' || ip === '::') {
    throw new TypeError('the IP address and port of this node alone, such as 10.0.0.5:5070; port 0 takes a free one')
  }
  return { host: ip, port }
}

export function portRange(text: string): { readonly from: number; readonly to: number } {
  const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(text.trim()) ?? []
  const range = { from: Number(from), to: Number(to) }
  if (from === undefined || range.from < 1024 || range.to > 65_535 || range.from >= range.to)
    throw new TypeError('a range of ports, such as 20000-39999')
  return range
}

const hostName = /^(?=.{1,253}$)(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*$/i

export function ipAddress(text: string): string {
  if (isIP(text) === 0) throw new TypeError('an IP address, such as 203.0.113.7')
  return text
}

export function host(text: string): string {
  if (!hostName.test(text)) throw new TypeError('host=face pairs, such as api.example.com=v1, separated by commas')
  return text.toLowerCase()
}

export function face(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(text))
    throw new TypeError('host=face pairs separated by commas, with a face in lower case')
  return text
}

/** A private address, block or name that is to be reached all the same. */
export function outgoing(text: string): string {
  void new AllowList([text])
  return text
}

export function proxy(text: string): string {
  const [name = '', bits, ...more] = text.split('/')
  const longest = isIP(name) === 4 ? 32 : 128
  if (isIP(name) === 0 || more.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= longest))) {
    throw new TypeError('addresses or CIDR blocks, such as 10.0.0.0/8 or ::1, separated by commas')
  }
  return text
}

export function webAddress(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) {
    throw new TypeError('an http:// or https:// address without query and user, such as https://phone.example.com')
  }
  return text.replace(/\/+$/, '')
}

export function anyWebAddress(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) throw new TypeError('an http:// or https:// address')
  return text
}

export function database(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^postgres(?:ql)?:$/.test(url.protocol))
    throw new TypeError('a postgres:// address; leave it out for the embedded database')
  return text
}

const smtpForm =
  'smtp://user:password@host:port or smtps:// for TLS from the start, user and password percent-encoded or left out; ?tls=required, offered or never'

/** A password goes over TLS only, unless the server is on this machine or ?tls= says otherwise. */
export function smtp(text: string): SmtpConfig {
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
      host: unbracketed(url.hostname),
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

export function key(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new TypeError('64 hex digits, as `openssl rand -hex 32` prints them')
  return text
}
