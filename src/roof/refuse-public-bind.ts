// What a first start makes is for trying things out on one machine: with its credentials no door opens that others can reach.

import { ConfigFault, isPublic, type Config } from '#config/config.ts'
import type { Store } from '#store/store.ts'
import { credentialsAreOwn } from './first-credentials.ts'

/** Throws a ConfigFault. */
export async function refusePublicBind(store: Store, { http, smpp, sip }: Config): Promise<void> {
  const doors = [
    ['OFFHOOK_HTTP', http],
    ['OFFHOOK_SMPP', smpp],
    ['OFFHOOK_SIP', sip],
  ] as const
  const open = doors.flatMap(([setting, addresses]) => addresses.filter(isPublic).map((one) => ({ setting, ...one })))[0]
  if (!open || (await credentialsAreOwn(store))) return
  throw new ConfigFault([
    `${open.setting} is ${open.host}:${open.port}, which others can reach, but the credentials are those of a first start. Start on 127.0.0.1 once, run offhook secure, then start again.`,
  ])
}
