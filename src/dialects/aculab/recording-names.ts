// Names of what applications record, reference section 1: `/rest_api/recordings/YYYY/MM/DD/hh_mm_ss_<application instance id>.wav`. They
// follow from the recording's id and its call's, so nothing is kept for them.

import { idTimeMs } from '#values/ids.ts'
import { stamp } from './formats.ts'
import type { InstanceIds } from './instance-ids.ts'

const folder = '/rest_api/recordings/'
const form = /^\/?rest_api\/recordings\/(\d{4}\/\d\d\/\d\d\/\d\d_\d\d_\d\d)_([0-9a-f]+\.[0-9]+)\.wav$/i

const timePart = (id: number): string => stamp(idTimeMs(id)).replaceAll('-', '/').replace('_', '/').replaceAll(':', '_')

export const recordingName = (ids: InstanceIds, recordingId: number, callId: number): string =>
  `${folder}${timePart(recordingId)}_${ids.instanceOf(callId)}.wav`

/** The call whose recording it names; undefined where the name is of another form. `isNamed` tells which of them. */
export function readRecordingName(
  ids: InstanceIds,
  name: string,
): { readonly callId: number; isNamed(recordingId: number): boolean } | undefined {
  const [, time, instance = ''] = form.exec(name) ?? []
  const callId = ids.readInstance(instance)
  if (time === undefined || callId === undefined) return undefined
  return { callId, isNamed: (recordingId) => timePart(recordingId) === time }
}
