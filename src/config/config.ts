// Everything an operator may set, from the environment and a settings file; the environment wins. The only place that reads the
// environment. All faults are told at once, each with its name, its value and what is allowed; a secret's value never is. What there is to
// set stands by theme in the files beside this one, and for people in docs/settings.md, which is made of them.

import { join } from 'node:path'
import { nearest } from '#values/nearest.ts'
import { httpConfig, httpSettings, type HttpConfig } from './http-settings.ts'
import { mediaConfig, mediaSettings, type MediaConfig } from './media-settings.ts'
import { messageConfig, messageSettings, type MessageConfig } from './message-settings.ts'
import { operatingConfig, operatingSettings, type OperatingConfig } from './operating-settings.ts'
import { take, type SettingTable, type ValuesOf } from './setting.ts'
import { hint, readSettingsFile, type FaceSwitches } from './settings-file.ts'
import { sipConfig, sipSettings, type SipConfig } from './sip-settings.ts'
import { storeConfig, storeSettings, type StoreConfig } from './store-settings.ts'

/** Names as those of the variables, in camel case; durations, sizes and addresses read. */
export interface Config extends HttpConfig, StoreConfig, MessageConfig, SipConfig, MediaConfig, OperatingConfig {
  /** Switches of single faces, by face; each face knows and checks its own. */
  readonly faces: FaceSwitches
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

/** One row a variable, by theme, in the order in which they are told. */
export const themes = {
  'The doors over HTTP': httpSettings,
  'What is kept': storeSettings,
  'Messages and e-mails': messageSettings,
  Calls: sipSettings,
  Sound: mediaSettings,
  'Running it': operatingSettings,
} as const satisfies Readonly<Record<string, SettingTable>>

const settings = {
  ...httpSettings,
  ...storeSettings,
  ...messageSettings,
  ...sipSettings,
  ...mediaSettings,
  ...operatingSettings,
}
const names = Object.keys(settings)

type Values = ValuesOf<typeof settings>

/** Not a setting itself: where the settings file is. */
const settingsPath = 'OFFHOOK_SETTINGS'

export type Environment = Readonly<Record<string, string | undefined>>

/** Throws a ConfigFault. Reads files, writes none. */
export function readConfig(environment: Environment = process.env): Config {
  const faults: string[] = []
  refuseUnknown(environment, faults)
  const dataDir = environment['OFFHOOK_DATA'] || storeSettings.OFFHOOK_DATA.fallback
  const file = readSettingsFile(names, environment[settingsPath], join(dataDir, 'settings.json'), faults)
  const set = readAll((name) => environment[name] || file.values[name], faults)
  faults.push(...faultsBetween(set))
  if (faults.length > 0) throw new ConfigFault(faults)
  return {
    ...httpConfig(set),
    ...storeConfig(set),
    ...messageConfig(set),
    ...sipConfig(set),
    ...mediaConfig(set),
    ...operatingConfig(set),
    faces: file.faces,
    settingsFile: file.path,
  }
}

/** Whether anyone but this machine can reach an address: generated credentials refuse such a bind. */
export function isPublic(one: { readonly host: string }): boolean {
  return !/^(?:127\.|::1$|localhost$)/.test(one.host)
}

function refuseUnknown(environment: Environment, faults: string[]): void {
  const known = [...names, settingsPath]
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('OFFHOOK_') || known.includes(name)) continue
    faults.push(`${name} is not a setting.${hint(nearest(name, known))}`)
  }
}

/** `rawOf` gives what somebody wrote, or nothing. */
function readAll(rawOf: (name: string) => unknown, faults: string[]): Values {
  const read = Object.entries(settings).map(([name, setting]) => [name, take<unknown>(name, setting, rawOf(name), faults)])
  return Object.fromEntries(read) as Values
}

/** What each of them allows by itself, but not together. */
function faultsBetween(set: Values): string[] {
  const faults: string[] = []
  const { OFFHOOK_TLS_CERT: cert, OFFHOOK_TLS_KEY: key } = set
  if ((cert === undefined) !== (key === undefined)) {
    const missing = cert === undefined ? 'OFFHOOK_TLS_CERT' : 'OFFHOOK_TLS_KEY'
    faults.push(`${missing} is missing: a certificate and its key go together.`)
  }
  const needsCertificate = (what: string, isSecure: boolean): void => {
    if (cert === undefined && isSecure) faults.push(`${what}, which needs OFFHOOK_TLS_CERT and OFFHOOK_TLS_KEY.`)
  }
  needsCertificate(
    'OFFHOOK_HTTP has an https:// address',
    set.OFFHOOK_HTTP.some((one) => one.secure),
  )
  needsCertificate(
    'OFFHOOK_SMPP has an smpps:// address',
    set.OFFHOOK_SMPP.some((one) => one.secure),
  )
  needsCertificate(
    'OFFHOOK_SIP has a tls:// or wss:// address',
    set.OFFHOOK_SIP.some(({ transport }) => transport === 'tls' || transport === 'wss'),
  )
  if (set.OFFHOOK_NODE_SIP !== undefined && set.OFFHOOK_DATABASE === undefined) {
    faults.push('OFFHOOK_NODE_SIP needs OFFHOOK_DATABASE: nodes are several where they share PostgreSQL.')
  }
  if (set.OFFHOOK_HEADERS_TIMEOUT_MS > set.OFFHOOK_REQUEST_TIMEOUT_MS) {
    faults.push('OFFHOOK_HEADERS_TIMEOUT_MS must not be above OFFHOOK_REQUEST_TIMEOUT_MS.')
  }
  return faults
}
