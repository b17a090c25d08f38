// Rows of the log as the native API shows them, in an audit and in a timeline: who did it, and what it says, with ids and moments in
// this API's forms.

import type { NativeIds } from './native-ids.ts'
import { webhookData } from './webhook-data.ts'

/** As an operation gives it: the log's JSON. */
interface Logged {
  readonly actor: Readonly<Record<string, unknown>> | null
  readonly data: unknown
}

export function showLog(ids: NativeIds) {
  const showData = webhookData(ids)
  const actorOf = ({ face, userId, credentialId }: Readonly<Record<string, unknown>>): object => ({
    face,
    userId: typeof userId === 'number' ? ids.show('user', userId) : null,
    keyId: typeof credentialId === 'number' ? ids.show('key', credentialId) : null,
  })
  const dataOf = (noun: string, data: unknown): unknown => {
    if (typeof data !== 'object' || data === null || Array.isArray(data)) return data
    const { id: _, reason, ...shown } = showData(noun, 0, data as Record<string, unknown>)
    return { ...shown, ...((reason ?? undefined) !== undefined && { reason }) }
  }
  return <Row extends Logged>(noun: string, row: Row): Row => ({
    ...row,
    actor: row.actor && actorOf(row.actor),
    data: dataOf(noun, row.data),
  })
}
