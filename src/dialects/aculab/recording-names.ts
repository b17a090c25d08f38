// Names of what applications record, reference section 1: `/rest_api/recordings/YYYY/MM/DD/hh_mm_ss_<application instance id>.wav`. They
// follow from the recording's id and its call's, so nothing is kept for them.

import { idTimeMs } from '#values/ids.ts'
import type { Recorded } from '#voice/verbs/verb.ts'
import { stamp } from './formats.ts'
import type { InstanceIds } from './instance-ids.ts'

const recordingsFolder = '/rest_api/recordings/'
const form = /^\/?rest_api\/recordings\/(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)_(\d\d)_(\d\d)_([0-9a-f]+\.[0-9]+)\.wav$/i

export function recordingName(ids: InstanceIds, recordingId: number, callId: number): string {
  const time = stamp(idTimeMs(recordingId)).replaceAll('-', '/').replace('_', '/').replaceAll(':', '_')
  return `${recordingsFolder}${time}_${ids.instanceOf(callId)}.wav`
}

/** The recording that it names, whether there is such a one or not; undefined where the name is of another form. */
export function readRecordingName(ids: InstanceIds, name: string): Recorded | undefined {
  const [, year, month, day, hour, minute, second, instance = ''] = form.exec(name) ?? []
  const callId = ids.readInstance(instance)
  if (callId === undefined) return undefined
  const beganMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  return { callId, beganMs }
}
