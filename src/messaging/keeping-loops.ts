// The loops of messaging that keep what is kept within its bounds: what is old, what is too much, what never became whole,
// and who is to be forgotten.

import type { Loop } from '#loops/loop.ts'
import { inboundSetsLoop, type InboundSetParts } from './end-inbound-sets.ts'
import { erasuresLoop, type ErasureParts } from './erase-persons.ts'
import { messageExportsLoop } from './message-exports.ts'
import { evidenceLoop, type EvidenceLoopParts } from './purge-evidence.ts'
import { retentionLoop, segmentsLoop } from './retention.ts'

export type KeepingParts = EvidenceLoopParts & InboundSetParts & ErasureParts

export const keepingLoops: readonly Loop<KeepingParts>[] = [
  retentionLoop,
  segmentsLoop,
  evidenceLoop,
  inboundSetsLoop,
  erasuresLoop,
  messageExportsLoop,
]
