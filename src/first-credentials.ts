// The credentials of a first start: keys for our own API and what each face's clients need, written to one file that only
// its owner reads. While they are in force nothing listens beyond this machine; `secureStore` ends them.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { firstStart, type FirstUser } from '#accounts/first-start.ts'
import type { Caller } from '#accounts/caller.ts'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import type { Dialect, FaceParts } from '#operations/face-parts.ts'
import { readMeta, setMeta } from '#store/meta.ts'
import type { Store } from '#store/store.ts'

const metaName = 'credentials'
const fileName = 'credentials.json'

export const credentialsPath = (dataDir: string): string => join(dataDir, fileName)

type Written = Record<string, Record<string, unknown> | string>

/** On a first start makes accounts, users, keys and the file; later it only sees to it that the file's URLs are right. */
export async function writeFirstCredentials(
  parts: FaceParts,
  partsOf: (face: string) => FaceParts,
  dialects: Readonly<Record<string, Dialect>>,
  dataDir: string,
  baseUrl: string,
): Promise<boolean> {
  const made = await firstStart(parts.store, parts.clock, parts.nextId)
  if (!made) {
    moveUrls(dataDir, baseUrl)
    return false
  }
  const written: Written = {
    baseUrl,
    operator: await nativeKey(parts, made.operator, baseUrl),
    api: await nativeKey(parts, made.sandbox, baseUrl),
  }
  for (const [name, dialect] of Object.entries(dialects)) written[name] = await dialect.firstCredentials(partsOf(name), made.sandbox)
  writeFileSync(credentialsPath(dataDir), `${JSON.stringify(written, null, 2)}\n`, { mode: 0o600 })
  await parts.store.write(setMeta, { name: metaName, value: 'generated' })
  return true
}

/** Whether the credentials in force are those of a first start. */
export async function credentialsAreGenerated(store: Store): Promise<boolean> {
  return (await readMeta(store, metaName)) === 'generated'
}

async function nativeKey(parts: FaceParts, user: FirstUser, baseUrl: string): Promise<Record<string, unknown>> {
  const caller = await callerOf(parts, user)
  const { key } = await parts.run(createKeyOperation, caller, { name: 'first start' })
  return { baseUrl: `${baseUrl}/v1`, login: user.login, password: user.password, key }
}

async function callerOf(parts: FaceParts, user: Pick<FirstUser, 'userId'>): Promise<Caller> {
  const caller = await parts.identity.byUserId('api', user.userId)
  if (!caller) throw new Error('a user made at the first start is gone')
  return caller
}

/** The file names where clients reach us; when that moved, it says the new place. */
function moveUrls(dataDir: string, baseUrl: string): void {
  const path = credentialsPath(dataDir)
  if (!existsSync(path)) return
  const text = readFileSync(path, 'utf8')
  const old = (JSON.parse(text) as { baseUrl?: string }).baseUrl
  if (old !== undefined && old !== baseUrl) writeFileSync(path, text.replaceAll(`"${old}`, `"${baseUrl}`), { mode: 0o600 })
}

export interface Secured {
  readonly login: string
  readonly password: string
  readonly key: string
}

/** Forgets the file and says that the credentials in force are the operator's own. */
export async function markSecured(store: Store, dataDir: string): Promise<void> {
  await store.write(setMeta, { name: metaName, value: 'own' })
  rmSync(credentialsPath(dataDir), { force: true })
}
