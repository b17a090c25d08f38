// What somebody hears who waits, where nobody chose anything else.

import type { Clip } from '#media/contract.ts'
import { holdMusic } from '#media/tones.ts'

export const musicOnHold: readonly Clip[] = [holdMusic()]
