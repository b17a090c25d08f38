// Asks the platform that runs with these settings, through its own API: what the commands that change a running platform stand on.
// The key is OFFHOOK_OPERATOR_KEY, or while the credentials of the first start are in force the operator's in their file.

import { readFileSync } from 'node:fs'
import { request } from 'undici'
import { ConfigFault, readConfig, type Config, type Environment } from '#config/config.ts'
import { credentialsPath } from '#roof/first-credentials.ts'
import { runningAt } from './running-at.ts'

export interface Asking {
  /** The answer's body. Throws a ConfigFault with what the platform says to a request that it refuses. */
  ask<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T>
}

export interface AskOptions {
  /** Whose key: the operator's unless told, or an account's (OFFHOOK_API_KEY; of a first start the sandbox's). */
  readonly as?: 'operator' | 'account'
  /** A platform elsewhere. */
  readonly url?: string | undefined
}

interface FirstFile {
  readonly baseUrl?: string
  readonly operator?: { readonly key?: string }
  readonly api?: { readonly key?: string }
}

/** Throws a ConfigFault when nothing runs, or no key is known. */
export async function askPlatform(
  environment?: Environment,
  { as = 'operator', url: elsewhere }: AskOptions = {},
): Promise<Asking> {
  const config = readConfig(environment)
  // A key of this machine's first start is of no use elsewhere, and is not sent there.
  const first = elsewhere === undefined ? firstFile(config) : {}
  const url =
    elsewhere?.replace(/\/+$/, '') ??
    (await runningAt(config)) ??
    (first.baseUrl && (await answers(first.baseUrl)) ? first.baseUrl : undefined)
  if (url === undefined) throw new ConfigFault(['No platform with these settings runs here. Start it: offhook start'])
  const key = as === 'operator' ? (config.operatorKey ?? first.operator?.key) : (config.apiKey ?? first.api?.key)
  if (key === undefined)
    throw new ConfigFault([
      as === 'operator'
        ? "Set OFFHOOK_OPERATOR_KEY to one of the operator's keys."
        : "Set OFFHOOK_API_KEY to one of the account's keys.",
    ])
  return {
    async ask<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T> {
      const { statusCode, body: answer } = await request(`${url}/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      })
      const json = (await answer.json()) as { detail?: string; title?: string; errors?: { detail: string }[] }
      if (statusCode < 400) return json as T
      const details = json.errors?.map((one) => one.detail).filter(Boolean) ?? []
      throw new ConfigFault(details.length > 0 ? details : [json.detail ?? json.title ?? `status ${statusCode}`])
    },
  }
}

function firstFile({ dataDir }: Config): FirstFile {
  try {
    return JSON.parse(readFileSync(credentialsPath(dataDir), 'utf8')) as FirstFile
  } catch {
    return {}
  }
}

/** The file's address may be that of a platform that has ended. */
async function answers(baseUrl: string): Promise<boolean> {
  try {
    const { body } = await request(`${baseUrl}/healthz`, { headersTimeout: 2000 })
    return 'healthy' in ((await body.json()) as object)
  } catch {
    return false
  }
}
