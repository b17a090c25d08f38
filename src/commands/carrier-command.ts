// offhook carrier and offhook route: the carriers of the running platform, seen and changed while it runs. Each line that it gives is
// for people; programs ask the API.

import { askPlatform, type Asking } from './ask-platform.ts'
import { ConfigFault } from '#config/config.ts'

interface Carrier {
  readonly id: string
  readonly name: string
  readonly kind: string
  readonly enabled: boolean
  readonly detail: Readonly<Record<string, unknown>>
  readonly hasSecret: boolean
  readonly status: {
    readonly state: string
    readonly binds: readonly {
      readonly name: string
      readonly state: string
      readonly since: string
      readonly outstanding: number
    }[]
    readonly outstanding: number
    readonly window: number
    readonly submitted: number
    readonly refused: number
    readonly receipts: number
    readonly inbound: number
    readonly ratePerSecond: number
    readonly limitPerSecond: number
    readonly lastError: LastError | null
  } | null
  /** Of those that calls go over. */
  readonly trunk: {
    readonly state: string
    readonly gateways: readonly {
      readonly name: string
      readonly state: string
      readonly since: string
      readonly calls: number
    }[]
    readonly registration: { readonly state: string; readonly expiresAt: string | null; readonly cause: string | null } | null
    readonly calls: number
    readonly channels: number
    readonly callsPerSecond: number
    readonly lastError: LastError | null
  } | null
}

interface LastError {
  readonly at: string
  readonly text: string
  readonly reason: string
}

interface Setting {
  readonly name: string
  readonly type: string
  readonly fallback: unknown
  readonly min?: number
  readonly max?: number
  readonly unit?: string
  readonly choices?: readonly string[]
  readonly form?: string
  readonly about: string
}

interface Kind {
  readonly kind: string
  readonly settings: readonly Setting[]
}

interface Route {
  readonly id: string
  readonly carrierId: string
  readonly accountId: string | null
  readonly prefix: string
  readonly sender: string
  readonly kind: string
  readonly rank: number
}

/** Was not asked rightly. */
export class Misused extends Error {
  override readonly name = 'Misused'
}

/** What is done with one carrier. */
const ofOne = new Set(['show', 'add', 'update', 'enable', 'disable', 'remove'])

/** The lines to print. Throws Misused and ConfigFault. */
export async function carrierCommand(args: readonly string[]): Promise<string[]> {
  const [deed = 'list', name, ...more] = args
  if (deed === 'list' && name === undefined) return listed(await askPlatform())
  if (deed === 'kinds' && name === undefined) return kinds(await askPlatform())
  if (name === undefined) throw new Misused(ofOne.has(deed) ? `carrier ${deed} takes a name` : `carrier does not ${deed}`)
  switch (deed) {
    case 'show': {
      const asking = await askPlatform()
      return shown(await find(asking, name))
    }
    case 'add': {
      const [url, ...settings] = more
      if (url === undefined) throw new Misused('carrier add takes a name and a URL, or kind=<kind>')
      return add(await askPlatform(), name, url, settings)
    }
    case 'update':
      if (more.length === 0)
        throw new Misused('carrier update takes setting=value pairs; an empty value takes one back to its default')
      return update(await askPlatform(), name, more)
    case 'enable':
    case 'disable': {
      const asking = await askPlatform()
      const { id } = await find(asking, name)
      return shown(await asking.ask('PATCH', `/carriers/${id}`, { enabled: deed === 'enable' }), 'opening')
    }
    case 'remove': {
      const asking = await askPlatform()
      const { id } = await find(asking, name)
      await asking.ask('DELETE', `/carriers/${id}`)
      return [`removed: ${name}`]
    }
    default:
      throw new Misused(`carrier does not ${deed}`)
  }
}

export async function routeCommand(args: readonly string[]): Promise<string[]> {
  const [deed = 'list', what, ...more] = args
  const asking = await askPlatform()
  if (deed === 'list' && what === undefined) return routes(asking)
  if (deed === 'remove' && what !== undefined && more.length === 0) {
    await asking.ask('DELETE', `/routes/${what}`)
    return [`removed: ${what}`]
  }
  if (deed !== 'add' || what === undefined) throw new Misused(`route does not ${deed}`)
  const pairs = pairsOf(more.filter((word) => word.includes('=')))
  const [prefix = '', ...rest] = more.filter((word) => !word.includes('='))
  if (rest.length > 0) throw new Misused('route add takes a carrier, a prefix and setting=value pairs')
  const { rank, ...fields } = pairs
  const { id } = await find(asking, what)
  const route = await asking.ask<Route>('POST', '/routes', {
    carrierId: id,
    prefix,
    ...fields,
    ...(rank !== undefined && { rank: Number(rank) }),
  })
  return [routeLine(route, new Map([[id, what]]))]
}

async function all(asking: Asking): Promise<readonly Carrier[]> {
  return (await asking.ask<{ items: Carrier[] }>('GET', '/carriers?limit=1000')).items
}

async function find(asking: Asking, name: string): Promise<Carrier> {
  const found = (await all(asking)).find((carrier) => carrier.name === name)
  if (!found) throw new ConfigFault([`There is no carrier ${name}. See: offhook carrier list`])
  return found
}

async function listed(asking: Asking): Promise<string[]> {
  const carriers = await all(asking)
  const rows = carriers.map(({ name, kind, enabled, status, trunk, detail }) => {
    const lastError = status?.lastError ?? trunk?.lastError
    return [
      name,
      kind,
      enabled ? (status?.state ?? trunk?.state ?? 'on another node') : 'off',
      addressOf(detail),
      status ? `${status.outstanding}/${status.window} under way, ${status.ratePerSecond}/s` : trunk ? callsOf(trunk) : '',
      lastError ? `${lastError.at} ${lastError.text}` : '',
    ]
  })
  return columns([['name', 'kind', 'state', 'address', 'load', 'last error'], ...rows])
}

function addressOf(detail: Carrier['detail']): string {
  if (typeof detail['gateways'] === 'string') return detail['gateways']
  return typeof detail['host'] === 'string' ? `${detail['host']}:${String(detail['port'] ?? '')}` : ''
}

const callsOf = ({ calls, channels }: NonNullable<Carrier['trunk']>): string =>
  `${calls}${channels > 0 ? ` of ${channels}` : ''} calls`

/** What is just made or switched on is not open yet; else what this node does not know, another one does. */
function shown({ name, kind, enabled, detail, hasSecret, status, trunk }: Carrier, unknown = 'on another node'): string[] {
  const settings = Object.entries(detail).map(([key, value]) => `  ${key}=${String(value)}`)
  const head = [
    `${name}  ${kind}  ${enabled ? (status?.state ?? trunk?.state ?? unknown) : 'off'}`,
    ...settings,
    ...(hasSecret ? ['  secret is set'] : []),
  ]
  if (trunk) return [...head, ...trunkLines(trunk)]
  if (!status) return head
  const { binds, outstanding, window, submitted, refused, receipts, inbound, ratePerSecond, limitPerSecond, lastError } = status
  return [
    ...head,
    ...binds.map((bind) => `bind ${bind.name}: ${bind.state} since ${bind.since}, ${bind.outstanding} outstanding`),
    `window: ${outstanding} of ${window}`,
    `rate: ${ratePerSecond}/s${limitPerSecond > 0 ? `, at most ${limitPerSecond}/s` : ''}`,
    `submitted ${submitted}, refused ${refused}, receipts ${receipts}, inbound ${inbound}`,
    ...(lastError ? [`last error: ${lastError.at} ${lastError.text} (${lastError.reason})`] : []),
  ]
}

function trunkLines(trunk: NonNullable<Carrier['trunk']>): string[] {
  const { gateways, registration, callsPerSecond, lastError } = trunk
  const { state, expiresAt, cause } = registration ?? {}
  return [
    ...gateways.map(({ name, state: its, since, calls }) => `gateway ${name}: ${its} since ${since}, ${calls} calls`),
    ...(registration ? [`registration: ${state}${expiresAt ? ` until ${expiresAt}` : ''}${cause ? ` (${cause})` : ''}`] : []),
    `${callsOf(trunk)}${callsPerSecond > 0 ? `, at most ${callsPerSecond} placed a second` : ''}`,
    ...(lastError ? [`last error: ${lastError.at} ${lastError.text} (${lastError.reason})`] : []),
  ]
}

async function kinds(asking: Asking): Promise<string[]> {
  const { items } = await asking.ask<{ items: Kind[] }>('GET', '/carrier-kinds')
  return items.flatMap(({ kind, settings }) => [
    `${kind}:`,
    ...columns(
      settings.map((one) => [
        `  ${one.name}`,
        allowed(one),
        `default ${one.fallback === '' ? 'none' : String(one.fallback)}`,
        one.about,
      ]),
    ),
  ])
}

function allowed({ type, min, max, unit = '', choices, form }: Setting): string {
  if (type === 'integer') return `${min} to ${max}${unit === '' ? '' : ` ${unit}`}`
  return choices?.join(', ') ?? form ?? 'true, false'
}

const isAddress = (text: string): boolean => text.includes('://') || /^sips?:/i.test(text)

function kindOfAddress(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  if (/^sips?:/i.test(address)) return 'sip-trunk'
  return /^s?smpp:/.test(address) ? 'smpp' : undefined
}

async function add(asking: Asking, name: string, url: string, words: readonly string[]): Promise<string[]> {
  const { kind, secret, ...texts } = pairsOf(isAddress(url) ? words : [url, ...words])
  const address = isAddress(url) ? url : undefined
  const known = kind ?? kindOfAddress(address)
  const detail = await typed(asking, known, texts)
  const given = {
    name,
    ...(address !== undefined && { url: address }),
    ...(kind !== undefined && { kind }),
    ...(secret !== undefined && { secret }),
  }
  const carrier = await asking.ask<Carrier>('POST', '/carriers', { ...given, detail })
  return [...shown(carrier, 'opening'), `Nothing goes over it before a route leads there: offhook route add ${name} [prefix]`]
}

async function update(asking: Asking, name: string, words: readonly string[]): Promise<string[]> {
  const carrier = await find(asking, name)
  const { secret, ...texts } = pairsOf(words)
  const detail = await typed(asking, carrier.kind, texts)
  const change = { detail, ...(secret !== undefined && { secret: secret === '' ? null : secret }) }
  return shown(await asking.ask<Carrier>('PATCH', `/carriers/${carrier.id}`, change), 'opening')
}

/** As the kind's table has their types; an empty text is null, the default again. */
async function typed(
  asking: Asking,
  kind: string | undefined,
  texts: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  if (Object.keys(texts).length === 0) return {}
  const { items } = await asking.ask<{ items: Kind[] }>('GET', '/carrier-kinds')
  const settings = items.find((one) => one.kind === kind)?.settings ?? []
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const type = settings.find((one) => one.name === name)?.type
      if (text === '') return [name, null]
      if (type === 'integer' && /^-?\d+$/.test(text)) return [name, Number(text)]
      if (type === 'boolean' && /^(true|false)$/.test(text)) return [name, text === 'true']
      return [name, text]
    }),
  )
}

function pairsOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const [left = '', right] = word.split(/=(.*)/s)
      if (right === undefined) throw new Misused(`${word} is no setting=value pair`)
      return [left, right]
    }),
  )
}

async function routes(asking: Asking): Promise<string[]> {
  const names = new Map((await all(asking)).map(({ id, name }) => [id, name]))
  const { items } = await asking.ask<{ items: Route[] }>('GET', '/routes?limit=1000')
  return items.map((route) => routeLine(route, names))
}

function routeLine({ id, carrierId, accountId, prefix, sender, kind, rank }: Route, names: ReadonlyMap<string, string>): string {
  const narrows = [kind, sender && `from ${sender}`, accountId && `of ${accountId}`].filter(Boolean).join(', ')
  return `${id}  ${prefix === '' ? 'everywhere' : prefix}${narrows === '' ? '' : ` (${narrows})`} over ${names.get(carrierId) ?? carrierId}, rank ${rank}`
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}
