// The dialects that this house speaks, by the name of their face.

import { aculab } from '#dialects/aculab/aculab.ts'
import type { Dialect } from '#operations/face-parts.ts'

export const dialects: Readonly<Record<string, Dialect>> = { aculab }
