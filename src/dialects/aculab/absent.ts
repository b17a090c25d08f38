// Operations that the vendor's clients know and that are not part of this version: each says so.

import { refuse } from '#reasons/refusal.ts'
import { deed, type Deed, type DeedTable, type VersionedTable } from './routes.ts'

const absent = (operation: string): Deed => ({
  ...deed({ answer: async () => refuse('platform.not_implemented', { operation }) }),
  absent: true,
})

const names = ['job_status', 'monitor_list', 'monitor_get']

export const absentOperations: DeedTable = Object.fromEntries(names.map((name) => [name, absent(name)]))

const each = (one: Deed, methods: readonly string[]): Record<string, Deed> =>
  Object.fromEntries(methods.map((method) => [method, one]))

export const absentRoutes: VersionedTable = {
  '/number_lookup/v1/check': each(absent('number_lookup'), ['GET']),
  '/security/protocol_check': each(absent('protocol_check'), ['GET', 'POST']),
  // Accounts without the feature are told so (0107) before anything else.
  '/voice_biometrics/v1/*': each(
    { ...absent('voice_biometrics'), operations: [{ name: 'voice_biometrics', permission: null, feature: 'voice_biometrics' }] },
    ['GET', 'POST', 'PUT'],
  ),
}
