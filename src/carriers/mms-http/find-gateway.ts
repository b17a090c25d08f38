// Which carrier a gateway speaks for, by its name. Read from the store and not from what is open here: on several nodes any
// of them may be spoken to, and one of them has the carrier.

import { readCarrierByName } from '#store/carriers.ts'
import type { Reader } from '#store/store.ts'
import type { Key } from '#values/secrets.ts'

export interface Gateway {
  readonly id: number
  readonly name: string
  /** Empty: nobody can prove to be it. */
  readonly secret: string
}

export type FindGateway = (name: string) => Promise<Gateway | undefined>

export function findGateway(read: Reader, key: Key): FindGateway {
  return async (name) => {
    const row = await readCarrierByName(read, name)
    if (!row || row.kind !== 'mms-http' || row.enabled === 0) return undefined
    return { id: row.id, name, secret: row.secret_sealed === null ? '' : key.open(row.secret_sealed) }
  }
}
