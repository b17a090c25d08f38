// Verifies webhooks on the receiving side, and says why one does not verify. The package's `offhook/verify`: imports
// nothing but node:crypto, keeps nothing, asks nobody. Two schemes: Standard Webhooks (headers webhook-id, -timestamp and
// -signature, over the raw body) and signatures over the URL with its sorted parameters (HMAC-SHA1).

import { createHmac, timingSafeEqual } from 'node:crypto'

/** Headers as a Node request, a Fetch request or a plain object has them. */
export type GivenHeaders =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | { get(name: string): string | null | undefined }

export type MismatchCode =
  | 'header_missing'
  | 'header_malformed'
  | 'timestamp_too_old'
  | 'timestamp_too_new'
  | 'now_missing'
  | 'secret_malformed'
  | 'secret_of_another'
  | 'body_reserialised'
  | 'body_changed'
  | 'body_parsed'
  | 'url_scheme'
  | 'url_host'
  | 'url_port'
  | 'url_slash'
  | 'url_query'
  | 'parameters_changed'
  | 'no_match'

export type Verified =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly code: MismatchCode
      /** What is wrong, in words. */
      readonly why: string
      /** What to do about it. */
      readonly remedy: string
    }

export interface StandardOptions {
  /** As it was received, byte for byte. */
  readonly body: string | Uint8Array
  readonly headers: GivenHeaders
  /** `whsec_...`; several while a secret is changed. */
  readonly secret: string | readonly string[]
  /** Secrets of your other endpoints, only to say so when one of them would have fitted. */
  readonly otherSecrets?: Readonly<Record<string, string>>
  /** How far the clocks may be apart; 300 unless told. */
  readonly toleranceSeconds?: number
  /** The time now, ms UTC: what the clock of this machine says. */
  readonly nowMs: number
}

const no = (code: MismatchCode, why: string, remedy: string): Verified => ({ ok: false, code, why, remedy })

function header(headers: GivenHeaders | null | undefined, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined
  if (typeof headers.get === 'function') return (headers as { get(name: string): string | null }).get(name) ?? undefined
  for (const [given, value] of Object.entries(headers)) {
    if (given.toLowerCase() === name && value !== undefined)
      return typeof value === 'string' ? value : (value as string[]).join(' ')
  }
  return undefined
}

/** A secret that was never set, as of an environment variable, is undefined where no type checks it. */
function keyOf(secret: string | undefined): Buffer | undefined {
  if (typeof secret !== 'string') return undefined
  const text = secret.trim().replace(/^whsec_/, '')
  return /^[A-Za-z0-9+/]{16,}={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined
}

/** The signature of Standard Webhooks, `v1,...`. Throws a TypeError when the secret is not base64. */
export function standardSignature(secret: string, id: string, timestamp: number | string, body: string | Uint8Array): string {
  const key = keyOf(secret)
  if (!key) throw new TypeError('a secret is whsec_ and base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`
}

const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** Whether a webhook is ours, and if not, what most likely went wrong. Never throws. */
export function verifyStandard(options: StandardOptions): Verified {
  const { body, headers, nowMs, toleranceSeconds = 300 } = options
  const secrets = Array.isArray(options.secret) ? (options.secret as readonly string[]) : [options.secret as string]
  // Without it every age would pass.
  if (!Number.isFinite(nowMs))
    return no(
      'now_missing',
      'The time nowMs is missing, so the age of the signature cannot be checked.',
      'Give nowMs, the time now in ms.',
    )
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    return no(
      'body_parsed',
      'The body is already parsed.',
      'Take the raw body, before any JSON parser: in Express, express.raw().',
    )
  const found = { id: '', timestamp: '', signature: '' }
  for (const name of ['id', 'timestamp', 'signature'] as const) {
    // The names that the scheme had before it was a standard.
    const value = header(headers, `webhook-${name}`) ?? header(headers, `svix-${name}`)
    if (value === undefined || value === '')
      return no(
        'header_missing',
        `The header webhook-${name} is missing.`,
        'See that no proxy removes it, and that it is this webhook.',
      )
    found[name] = value
  }
  if (!/^\d{1,12}$/.test(found.timestamp))
    return no(
      'header_malformed',
      'The header webhook-timestamp is not a number of seconds.',
      'See what changes headers on the way.',
    )
  const signatures = found.signature.split(/[ ]+/).filter((one) => one.startsWith('v1,'))
  if (signatures.length === 0)
    return no(
      'header_malformed',
      'The header webhook-signature has no signature of version v1.',
      'See what changes headers on the way.',
    )
  if (secrets.length === 0 || secrets.some((secret) => !keyOf(secret)))
    return no('secret_malformed', 'The secret is not whsec_ followed by base64.', 'Copy the secret of the endpoint as a whole.')

  const fits = (key: string, text: string | Uint8Array): boolean => {
    const wanted = standardSignature(key, found.id, found.timestamp, text)
    return signatures.map((one) => same(one, wanted)).includes(true)
  }
  const anyFits = (text: string | Uint8Array): boolean => secrets.map((secret) => fits(secret, text)).includes(true)

  if (anyFits(body)) {
    const ageSeconds = Math.round(nowMs / 1000) - Number(found.timestamp)
    if (ageSeconds > toleranceSeconds)
      return no(
        'timestamp_too_old',
        `The signature is right, but it was made ${ageSeconds} s ago; ${toleranceSeconds} s are allowed.`,
        'See that the clock is right and that nothing holds requests back; else somebody repeats an old one.',
      )
    if (ageSeconds < -toleranceSeconds)
      return no(
        'timestamp_too_new',
        `The signature is right, but ${-ageSeconds} s in the future.`,
        'Set the clock of this machine right.',
      )
    return { ok: true }
  }
  for (const [name, secret] of Object.entries(options.otherSecrets ?? {})) {
    if (keyOf(secret) && fits(secret, body))
      return no(
        'secret_of_another',
        `The signature was made with the secret of ${name}.`,
        'Use the secret of the endpoint that sent this.',
      )
  }
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  for (const [how, other] of reserialised(text)) {
    if (anyFits(other))
      return no(
        'body_reserialised',
        `The body was parsed and written anew: ${how} it would fit.`,
        'Verify the raw body, byte for byte as it came, before any parser.',
      )
  }
  if (text === '' || text === '{}')
    return no(
      'body_changed',
      'The body is empty: something has read it before.',
      'Verify before a body parser runs, on the raw body.',
    )
  return no(
    'no_match',
    'The signature fits neither the body nor the secret.',
    'See that the secret is the one of this endpoint and that nothing changes the body on the way.',
  )
}

/** What common parsers and frameworks make of a body, undone. */
function reserialised(text: string): [string, string][] {
  const tries: [string, string][] = []
  const add = (how: string, other: string): void => {
    if (other !== text) tries.push([how, other])
  }
  try {
    const value = JSON.parse(text) as unknown
    const plain = JSON.stringify(value)
    add('as compact JSON', plain)
    // What leaves / or non-ASCII as it is, and what escapes it.
    add('with slashes escaped', plain.replaceAll('/', '\\/'))
    add('with letters beyond ASCII escaped', escaped(plain))
    add('with a space after commas and colons', spaced(value))
    if (typeof value === 'string') add('once unwrapped from a JSON text', value)
  } catch {
    // No JSON: only its edges may have changed.
  }
  add('without the white space at its ends', text.trim())
  add('with a line feed at its end', `${text}\n`)
  add('with line feeds alone', text.replaceAll('\r\n', '\n'))
  if (text.startsWith('\uFEFF')) add('without its byte order mark', text.slice(1))
  // Read as Latin-1 and written as UTF-8.
  add('read as UTF-8', Buffer.from(text, 'latin1').toString('utf8'))
  return tries
}

const escaped = (text: string): string =>
  text.replaceAll(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** As Python's json.dumps writes it. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}: ${spaced(member)}`)
    .join(', ')}}`
}

export interface UrlSignedOptions {
  /** As this server believes it was called, with its query. */
  readonly url: string
  /** Of a form body; none for GET or another body. */
  readonly params?: Readonly<Record<string, string | readonly string[]>>
  readonly signature: string | undefined
  readonly secret: string
  /** As a proxy in front tells them: X-Forwarded-Proto and X-Forwarded-Host. */
  readonly forwarded?: { readonly proto?: string | undefined; readonly host?: string | undefined }
}

/** Base64 of HMAC-SHA1 over the URL and the parameters, sorted by name, name and value joined without a sign. */
export function urlSignature(secret: string, url: string, params: UrlSignedOptions['params'] = {}): string {
  const text = Object.keys(params)
    .toSorted()
    .map((name) => {
      const value = params[name]!
      return typeof value === 'string'
        ? name + value
        : [...new Set(value)]
            .toSorted()
            .map((one) => name + one)
            .join('')
    })
    .join('')
  return createHmac('sha1', secret)
    .update(url + text)
    .digest('base64')
}

/** The same for signatures over the URL, which proxies break: tries what a proxy may have changed, and says which it was. */
export function verifyUrlSigned({ url, params = {}, signature, secret, forwarded = {} }: UrlSignedOptions): Verified {
  if (signature === undefined || signature === '')
    return no('header_missing', 'There is no signature.', 'See that no proxy removes the header, and that it is this webhook.')
  if (typeof secret !== 'string' || secret === '')
    return no('secret_malformed', 'There is no secret.', 'Give the secret of the account whose webhook it is.')
  const fits = (other: string, values = params): boolean => same(urlSignature(secret, other, values), signature)
  if (fits(url)) return { ok: true }
  const given = URL.parse(url)
  if (!given)
    return no('header_malformed', 'The URL is not an absolute one.', 'Give the whole URL: scheme, host, path and query.')
  for (const [code, other] of otherUrls(given, url, forwarded)) {
    if (fits(other))
      return no(code, `We signed ${other}, you verified ${url}.`, remedies[code] ?? 'Verify the URL as it is registered.')
  }
  if (fits(url, {}))
    return no('parameters_changed', 'The signature covers the URL alone.', 'Leave the parameters out: the body is no form.')
  const trimmed = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value]),
  )
  const query = Object.fromEntries(given.searchParams)
  const doubled = Object.fromEntries(Object.entries(params).filter(([name]) => !Object.hasOwn(query, name)))
  for (const values of [trimmed, doubled]) {
    if (fits(url, values))
      return no(
        'parameters_changed',
        'The parameters are not those of the body.',
        'Take the form fields of the body as they are, without those of the query.',
      )
  }
  return no(
    'no_match',
    'The signature fits neither the URL, nor one like it, nor the secret.',
    'See that the secret is the one of this account, and that URL and form fields are as they came.',
  )
}

const remedies: Partial<Record<MismatchCode, string>> = {
  url_scheme: 'TLS ends at a proxy in front: build the URL from X-Forwarded-Proto, or trust the proxy in your framework.',
  url_host: 'A proxy in front changes the host: build the URL from X-Forwarded-Host, or pass the Host header on.',
  url_port: 'A proxy in front changes the port: leave the port out, or put in the one that is registered.',
  url_slash: 'Something adds or removes a slash at the end: register the URL as your server sees it.',
  url_query: 'Something removes or encodes the query anew: sign the query as it came.',
}

function* otherUrls(
  given: URL,
  url: string,
  { proto, host }: NonNullable<UrlSignedOptions['forwarded']>,
): Generator<[MismatchCode, string]> {
  const rest = url.slice(url.indexOf('/', url.indexOf('//') + 2) >>> 0)
  const path = url.includes('/', url.indexOf('//') + 2) ? rest : '/'
  const schemes = [
    given.protocol.slice(0, -1),
    ...(given.protocol === 'http:' ? ['https'] : ['http']),
    ...(proto === undefined ? [] : [proto]),
  ]
  const hosts: [MismatchCode, string][] = [['url_scheme', given.host]]
  hosts.push(['url_port', given.hostname], ['url_port', `${given.hostname}:443`], ['url_port', `${given.hostname}:80`])
  if (host !== undefined) hosts.push(['url_host', host])
  const paths: [MismatchCode, string][] = [['url_scheme', path]]
  const [plain = '', query] = path.split(/\?(.*)/s)
  const tail = query === undefined ? '' : `?${query}`
  paths.push(['url_slash', (plain.endsWith('/') ? plain.slice(0, -1) : `${plain}/`) + tail])
  if (query !== undefined)
    paths.push(
      ['url_query', plain],
      ['url_query', `${plain}?${query.replaceAll('%20', '+')}`],
      ['url_query', given.pathname + given.search],
    )
  for (const [pathCode, onePath] of paths) {
    for (const [hostCode, oneHost] of hosts) {
      for (const scheme of new Set(schemes)) {
        const other = `${scheme}://${oneHost}${onePath}`
        if (other === url) continue
        // The outermost change is the one to name.
        // A usual port that was written out is dropped when a URL is read.
        const isPort = hostCode === 'url_scheme' && given.protocol === `${scheme}:`
        const code = pathCode !== 'url_scheme' ? pathCode : isPort ? 'url_port' : hostCode
        yield [code, other]
      }
    }
  }
}
