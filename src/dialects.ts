// The dialects that this house speaks, by the name of their face.

import type { Dialect } from '#operations/face-parts.ts'

export const dialects: Readonly<Record<string, Dialect>> = {}
