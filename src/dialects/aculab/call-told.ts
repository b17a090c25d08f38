// The final page of a call, asked once it is over, whatever ended it: instance info with how the call came out, reference sections 8.1 and
// 8.2. It goes over the relay of webhooks, so it is asked though this process dies in between.

import type { CallSubject } from '#voice/call-subject.ts'
import type { Rendered, Target } from '#webhooks/webhook-form.ts'
import { callInfo, instanceInfo, memoryOf } from './call-info.ts'
import { pageRequest } from './call-script.ts'
import type { InstanceIds } from './instance-ids.ts'

export function finalPageRequest(ids: InstanceIds, { url, method, subject }: Target): Rendered {
  const call = subject as CallSubject
  const memory = memoryOf(call.faceData)
  return pageRequest({ url, method }, instanceInfo(ids, call, memory, callInfo(ids, call, memory, call.happenedMs, call)))
}
