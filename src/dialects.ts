// The dialects that this house speaks, by the name of their face.

import { eight } from '#dialects/8x8/8x8.ts'
import { aculab } from '#dialects/aculab/aculab.ts'
import { restcomm } from '#dialects/restcomm/restcomm.ts'
import { toku } from '#dialects/toku/toku.ts'
import { ringcentral } from '#dialects/ringcentral/ringcentral.ts'
import type { Dialect } from '#operations/face-parts.ts'

export const dialects: Readonly<Record<string, Dialect>> = { restcomm, toku, '8x8': eight, aculab, ringcentral }

const all = Object.entries(dialects)

/** What telling of messages must know of the dialects before they are opened. */
export const tellingOfDialects = {
  tellsUnbound: new Set(all.flatMap(([name, { tellsUnbound }]) => (tellsUnbound ? [name] : []))),
  tellsCalls: new Set(all.flatMap(([name, { tellsCalls }]) => (tellsCalls ? [name] : []))),
  tellsSegments: new Set(all.flatMap(([name, { tellsSegments }]) => (tellsSegments ? [name] : []))),
  servicePage(configuration: unknown) {
    for (const [face, { servicePage }] of all) {
      const page = servicePage?.(configuration)
      if (page) return { ...page, face }
    }
    return undefined
  },
  statusKinds: new Map(all.flatMap(([name, { statusKinds }]) => (statusKinds ? [[name, statusKinds] as const] : []))),
}
