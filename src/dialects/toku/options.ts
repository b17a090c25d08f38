// What an operator may set for this face (`faces.toku` of the settings file). Read once for each set of settings; what
// cannot be used is told to callers as such, since nothing can be answered truthfully under it.

import { refuse } from '#reasons/refusal.ts'

type Switches = Readonly<Record<string, string | number | boolean>>

export interface TokuOptions {
  /** Every answer with a `result` has HTTP status 200, for clients that look at nothing else (reference section 4). */
  readonly always200: boolean
  /** Where clients reach this face, told in Location; undefined: the public URL with this face's prefix. */
  readonly gateway: string | undefined
  /** The first setting that cannot be used. */
  readonly fault: string | undefined
}

const usual: TokuOptions = { always200: false, gateway: undefined, fault: undefined }
const known = new WeakMap<Switches, TokuOptions>()

export function optionsFrom(switches: Switches): TokuOptions {
  if (Object.keys(switches).length === 0) return usual
  let options = known.get(switches)
  if (!options) {
    options = read(switches)
    known.set(switches, options)
  }
  return options
}

function read(switches: Switches): TokuOptions {
  const { always200 = false, gateway, ...unknown } = switches
  const [stranger] = Object.keys(unknown)
  const faults = [
    typeof always200 !== 'boolean' && 'always200 must be true or false',
    gateway !== undefined && !isGateway(gateway) && 'gateway must be an http or https address without query',
    stranger !== undefined && `${stranger} is not a setting of this face`,
  ]
  return {
    always200: always200 === true,
    gateway: isGateway(gateway) ? gateway.replace(/\/+$/, '') : undefined,
    fault: faults.find((fault): fault is string => fault !== false),
  }
}

function isGateway(value: unknown): value is string {
  if (typeof value !== 'string') return false
  const url = URL.parse(value)
  return url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === ''
}

/** Gives platform.server_info_invalid. */
export function requireUsable(options: TokuOptions): void {
  if (options.fault !== undefined) refuse('platform.server_info_invalid', { setting: options.fault })
}
