// The credentials of a first start: keys for our own API and what each face's clients need, written to one file that only
// its owner reads. While they are in force nothing listens beyond this machine; `secureStore` ends them.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { registrarOf, type Listens } from '#api/first-page.ts'
import { firstStart, type FirstUser } from '#accounts/first-start.ts'
import type { Caller } from '#accounts/caller.ts'
import { listAccountsOperation } from '#operations/accounts/list-accounts.ts'
import { updateAccountOperation } from '#operations/accounts/update-account.ts'
import type { Dialect, FaceParts } from '#operations/face-parts.ts'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import { deleteKeyOperation } from '#operations/keys/delete-key.ts'
import { listKeysOperation } from '#operations/keys/list-keys.ts'
import { updateUserOperation } from '#operations/users/update-user.ts'
import { readRootAccount } from '#store/accounts.ts'
import { readMeta, setMeta } from '#store/meta.ts'
import type { Store } from '#store/store.ts'
import { listUsers } from '#store/users.ts'
import { randomToken } from '#values/secrets.ts'

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
  for (const [name, dialect] of Object.entries(dialects))
    written[name] = await dialect.firstCredentials(partsOf(name), made.sandbox)
  written['smpp'] = await smppKey(parts, made.sandbox)
  writeFileSync(credentialsPath(dataDir), `${JSON.stringify(written, null, 2)}\n`, { mode: 0o600 })
  await parts.store.write(setMeta, { name: metaName, value: 'generated' })
  return true
}

/** Whether the operator has put credentials of its own in the place of those of the first start. */
export async function credentialsAreOwn(store: Store): Promise<boolean> {
  return (await readMeta(store, metaName)) === 'own'
}

/** The sandbox account's native key, while the file of the first start is there. */
export function firstKey(dataDir: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(credentialsPath(dataDir), 'utf8')) as { api: { key: string } }).api.key
  } catch {
    return undefined
  }
}

async function nativeKey(parts: FaceParts, user: FirstUser, baseUrl: string): Promise<Record<string, unknown>> {
  const caller = await callerOf(parts, user)
  const { key } = await parts.run(createKeyOperation, caller, { name: 'first start' })
  return { baseUrl: `${baseUrl}/v1`, login: user.login, password: user.password, key }
}

async function smppKey(parts: FaceParts, user: FirstUser): Promise<Record<string, unknown>> {
  const caller = await callerOf(parts, user)
  const { publicId, secret } = await parts.run(createKeyOperation, caller, { face: 'smpp', name: 'first start' })
  return { systemId: publicId, password: secret }
}

async function callerOf(parts: FaceParts, user: Pick<FirstUser, 'userId'>): Promise<Caller> {
  const caller = await parts.identity.byUserId('api', user.userId)
  if (!caller) throw new Error('a user made at the first start is gone')
  return caller
}

/** The file says where phones register and programs bind, as it is since this start. */
export function writePlaces(dataDir: string, { sip, smpp }: Listens): void {
  const path = credentialsPath(dataDir)
  if (!existsSync(path)) return
  const text = readFileSync(path, 'utf8')
  const { smpp: bind = {}, sip: _, ...written } = JSON.parse(text) as Record<string, Record<string, unknown>>
  const { address: __, ...key } = bind
  const [first] = smpp
  const phones = { registrars: sip.map(registrarOf), clients: `${String(written['baseUrl'])}/v1/clients makes a login` }
  const now = { ...written, smpp: { ...(first !== undefined && { address: first }), ...key }, sip: phones }
  const fresh = `${JSON.stringify(now, null, 2)}\n`
  if (fresh !== text) writeFileSync(path, fresh, { mode: 0o600 })
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

/**
 * Ends what the first start made: the sandbox account is suspended with all its keys, the operator gets a new password
 * and a new key in the place of all others, and the file is deleted. The platform must not run meanwhile.
 */
export async function secureStore(parts: FaceParts, dataDir: string): Promise<Secured | undefined> {
  const { store, run, identity } = parts
  const root = await readRootAccount(store)
  if (!root) return undefined
  const [user] = await listUsers(store, {
    scope: root.id,
    limit: 1,
    oldestFirst: true,
    where: { role: 'administrator', status: 'active' },
  })
  const caller = user && (await identity.byUserId('api', user.id))
  if (!caller) return undefined
  const keys = await run(listKeysOperation, caller, { limit: 1000 })
  const [sandbox] = (await run(listAccountsOperation, caller, { limit: 1, oldestFirst: true })).items
  if (sandbox) await run(updateAccountOperation, caller, { id: sandbox.id, status: 'suspended' })
  const password = randomToken(20)
  await run(updateUserOperation, caller, { id: caller.user!.id, password })
  const { key } = await run(createKeyOperation, caller, { name: 'operator' })
  for (const old of keys.items) await run(deleteKeyOperation, caller, { id: old.id })
  await store.write(setMeta, { name: metaName, value: 'own' })
  rmSync(credentialsPath(dataDir), { force: true })
  return { login: caller.user!.login, password, key: key! }
}
