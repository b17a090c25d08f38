// Settings of the doors over HTTP: where they are, who stands before them, and how much a request may take.

import { resolve } from 'node:path'
import { address, face, host, proxy, webAddress, type Address } from './allowed.ts'
import { anyText, integer, list, optional, size, table, type SettingTable, type ValuesOf } from './setting.ts'

export const httpSettings = {
  OFFHOOK_HTTP: {
    ...list(address, [{ host: '127.0.0.1', port: 8080 }]),
    about: 'Addresses to listen on, separated by commas; port 0 takes a free one; `https://` and `http://` may be mixed.',
    usual: '127.0.0.1:8080',
    example: 'https://0.0.0.0:443,http://127.0.0.1:8080',
  },
  OFFHOOK_PUBLIC_URL: {
    ...optional(webAddress),
    about: 'How clients reach it: signatures, links and callbacks name it.',
    usual: '(the first address)',
    example: 'https://phone.example.com',
  },
  OFFHOOK_TLS_CERT: {
    ...optional(anyText),
    about: 'The certificate with its chain, for every door that speaks TLS: a PEM file, read again when it changes.',
    usual: '(none)',
    example: '/etc/offhook/fullchain.pem',
  },
  OFFHOOK_TLS_KEY: {
    ...optional(anyText),
    about: 'The key of the certificate: a PEM file, read again when it changes.',
    usual: '(none)',
    example: '/etc/offhook/privkey.pem',
  },
  OFFHOOK_TRUSTED_PROXIES: {
    ...list(proxy, []),
    about: 'Addresses and CIDR blocks whose `X-Forwarded-For`, `X-Forwarded-Proto` and `Forwarded` count.',
    usual: '(none)',
    example: '10.0.0.0/8,::1',
  },
  OFFHOOK_HOSTS: {
    ...table(host, face),
    about: '`host=face` pairs, for clients that can replace only scheme and host.',
    usual: '(none)',
    example: 'api.example.com=v1',
  },
  OFFHOOK_HELP_LINKS: {
    ...optional(webAddress),
    about: 'The address that links in errors lead to.',
    usual: '(each vendor’s own form)',
    example: 'https://phone.example.com/reasons',
  },
  OFFHOOK_BODY_LIMIT: {
    ...size(1024 * 1024, 1024, 2 ** 30),
    about: 'The body of a request.',
    usual: '1M',
    example: '4M',
    unit: 'bytes',
  },
  OFFHOOK_HEADER_LIMIT: {
    ...size(16 * 1024, 1024, 1024 * 1024),
    about: 'All headers of a request.',
    usual: '16K',
    example: '32K',
    unit: 'bytes',
  },
  OFFHOOK_URL_LIMIT: {
    ...size(8 * 1024, 256, 1024 * 1024),
    about: 'The URL of a request.',
    usual: '8K',
    example: '16K',
    unit: 'bytes',
  },
  OFFHOOK_HEADERS_TIMEOUT_MS: {
    ...integer(10_000, 10, 600_000),
    about: 'How long the headers of a request may take to come; not above `OFFHOOK_REQUEST_TIMEOUT_MS`.',
    usual: '10000',
    example: '5000',
    unit: 'ms',
  },
  OFFHOOK_REQUEST_TIMEOUT_MS: {
    ...integer(30_000, 10, 3_600_000),
    about: 'How long a whole request may take to come.',
    usual: '30000',
    example: '60000',
    unit: 'ms',
  },
} satisfies SettingTable

export interface HttpConfig {
  readonly http: readonly Address[]
  /** Without a trailing slash; undefined: the first HTTP address. */
  readonly publicUrl: string | undefined
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined
  readonly trustedProxies: readonly string[]
  /** Host name to face. */
  readonly hosts: Readonly<Record<string, string>>
  /** Error links lead under this address; undefined: each vendor's own form. */
  readonly helpLinks: string | undefined
  readonly limits: {
    readonly bodyBytes: number
    readonly headerBytes: number
    readonly urlBytes: number
    readonly headersTimeoutMs: number
    readonly requestTimeoutMs: number
  }
}

export function httpConfig(set: ValuesOf<typeof httpSettings>): HttpConfig {
  const { OFFHOOK_TLS_CERT: cert, OFFHOOK_TLS_KEY: key } = set
  return {
    http: set.OFFHOOK_HTTP,
    publicUrl: set.OFFHOOK_PUBLIC_URL,
    tls: cert !== undefined && key !== undefined ? { certFile: resolve(cert), keyFile: resolve(key) } : undefined,
    trustedProxies: set.OFFHOOK_TRUSTED_PROXIES,
    hosts: set.OFFHOOK_HOSTS,
    helpLinks: set.OFFHOOK_HELP_LINKS,
    limits: {
      bodyBytes: set.OFFHOOK_BODY_LIMIT,
      headerBytes: set.OFFHOOK_HEADER_LIMIT,
      urlBytes: set.OFFHOOK_URL_LIMIT,
      headersTimeoutMs: set.OFFHOOK_HEADERS_TIMEOUT_MS,
      requestTimeoutMs: set.OFFHOOK_REQUEST_TIMEOUT_MS,
    },
  }
}
