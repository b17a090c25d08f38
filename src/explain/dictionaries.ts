// The five dictionaries side by side, in the order they are shown. Nothing of a dialect but its codes is read here.

import type { Dictionary } from '#reasons/dictionary.ts'
import { codes as aculab } from '#dialects/aculab/codes.ts'
import { codes as restcomm } from '#dialects/restcomm/codes.ts'
import { codes as ringcentral } from '#dialects/ringcentral/codes.ts'
import { codes as toku } from '#dialects/toku/codes.ts'
import { codes as eightByEight } from '#dialects/8x8/codes.ts'

export const systems = ['restcomm', 'toku', '8x8', 'aculab', 'ringcentral'] as const
export type System = (typeof systems)[number]

export const dictionaries: Readonly<Record<System, Dictionary>> = { restcomm, toku, '8x8': eightByEight, aculab, ringcentral }

/** The vendors' names as they are written. */
export const systemNames: Readonly<Record<System, string>> = {
  restcomm: 'Restcomm',
  toku: 'Toku',
  '8x8': '8x8',
  aculab: 'Aculab Cloud',
  ringcentral: 'RingCentral',
}

export function isSystem(text: string): text is System {
  return Object.hasOwn(dictionaries, text)
}
