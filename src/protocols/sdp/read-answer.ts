import type { AgreedMedia } from '#media/contract.ts'
import type { Disagreement } from './agreement.ts'
import type { Sdp } from './sdp.ts'

/** What our offer and their answer come to. */
export declare function readAnswer(offer: Sdp, answer: Sdp): AgreedMedia | Disagreement
