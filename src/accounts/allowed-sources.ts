// Where an account's requests may come from: a list of addresses and CIDR ranges, empty for everywhere.

import { BlockList, isIP } from 'node:net'
import { refuse } from '#reasons/refusal.ts'
import type { Caller } from './caller.ts'

/** An address, or a range such as 192.0.2.0/24. */
export function isIpRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const widest = isIP(address) === 6 ? 128 : 32
  return isIP(address) !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= widest))
}

const lists = new Map<string, BlockList>()
const maxLists = 1000

function listOf(allowed: readonly string[]): BlockList {
  const key = allowed.join()
  let list = lists.get(key)
  if (list) return list
  list = new BlockList()
  for (const entry of allowed) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(address) === 0) continue
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  if (lists.size >= maxLists) lists.clear()
  lists.set(key, list)
  return list
}

export function isAllowedSource(caller: Caller, source: string): boolean {
  return isListedSource(caller.home.settings.allowedSources, source)
}

/** Whether a list of addresses and ranges holds it; an empty list holds all. */
export function isListedSource(allowed: readonly string[], source: string): boolean {
  if (allowed.length === 0) return true
  return listOf(allowed).check(source, isIP(source) === 6 ? 'ipv6' : 'ipv4')
}

/** Gives permission.denied. */
export function requireAllowedSource(caller: Caller, source: string): void {
  if (!isAllowedSource(caller, source)) refuse('permission.denied', { permission: 'source' })
}
