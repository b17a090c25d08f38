// Starts of services and what else needs calls, messages or reports. Nothing can be started in this version, so no
// start is known; the operations that would begin something say that they are not there.

import { refuse } from '#reasons/refusal.ts'
import { readServiceOperation } from '#operations/applications/read-application.ts'
import { readReferenceId } from './ids.ts'
import { list, must } from './parameters.ts'
import { deed, type Deed, type DeedTable, type VersionedTable } from './routes.ts'
import type { ServicePart } from './auth.ts'

const status: Deed = deed({
  parameters: { service_reference_ids: must(list(readReferenceId)) },
  operations: [readServiceOperation],
  service: 'may',
  // An id that was never given out has the state unknown: reference section 7.
  answer: async ({ fields }) => Object.fromEntries(fields.service_reference_ids.map((id) => [id, { status: 'unknown' }])),
})

/** Known to the vendor's clients, and not part of this version. */
const absent = (operation: string, service: ServicePart = 'none'): Deed => ({
  ...deed({ service, answer: async () => refuse('platform.not_implemented', { operation }) }),
  absent: true,
})

const voice = [
  'application_status',
  'job_status',
  'rest_interrupt',
  'webrtc_generate_token',
  'webrtc_registered_clients',
  'monitor_list',
  'monitor_get',
]
const conferences = [
  'reservation_create',
  'reservation_modify',
  'reservation_remove',
  'list',
  'participant_list',
  'participant_set_options',
  'participant_eject',
]
const others = ['report_start', 'report_progress']
const names = [...voice, ...conferences.map((name) => `conference_${name}`), ...others]

export const startOperations: DeedTable = {
  service_status: status,
  service_start: absent('service_start', 'must'),
  service_cancel: absent('service_cancel', 'must'),
  ...Object.fromEntries(names.map((name) => [name, absent(name)])),
}

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
