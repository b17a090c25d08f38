// The dialects that this house speaks, by the name of their face.

import { eight } from '#dialects/8x8/8x8.ts'
import { aculab } from '#dialects/aculab/aculab.ts'
import { restcomm } from '#dialects/restcomm/restcomm.ts'
import { toku } from '#dialects/toku/toku.ts'
import { ringcentral } from '#dialects/ringcentral/ringcentral.ts'
import type { Dialect } from '#operations/face-parts.ts'
import type { SipReason } from '#operations/sip-reason.ts'
import type { Refused } from '#reasons/dictionary.ts'
import type { ScriptStart } from '#voice/call-wish.ts'

export const dialects: Readonly<Record<string, Dialect>> = { restcomm, toku, '8x8': eight, aculab, ringcentral }

const all = Object.entries(dialects)

/** What telling of messages must know of the dialects before they are opened. */
export const tellingOfDialects = {
  tellsUnbound: new Set(all.flatMap(([name, { tellsUnbound }]) => (tellsUnbound ? [name] : []))),
  tellsCalls: new Set(all.flatMap(([name, { tellsCalls }]) => (tellsCalls ? [name] : []))),
  tellsRecordings: new Set(all.flatMap(([name, { tellsRecordings }]) => (tellsRecordings ? [name] : []))),
  tellsSegments: new Set(all.flatMap(([name, { tellsSegments }]) => (tellsSegments ? [name] : []))),
  servicePage(configuration: unknown) {
    for (const [face, { servicePage }] of all) {
      const page = servicePage?.(configuration)
      if (page) return { ...page, face }
    }
    return undefined
  },
  serviceScript(configuration: unknown, name: string): ScriptStart | undefined {
    for (const [face, { serviceScript }] of all) {
      const script = serviceScript?.(configuration, name)
      if (script) return { ...script, face }
    }
    return undefined
  },
  statusKinds: new Map(all.flatMap(([name, { statusKinds }]) => (statusKinds ? [[name, statusKinds] as const] : []))),
}

const firstWithReasons = all.find(([, { sipReason }]) => sipReason)?.[1].sipReason

/** In the codes of the call's face; what is nobody's call is told in those of the first face that has any. */
export const sipReasonOf = (refused: Refused, face: string | undefined): SipReason | undefined =>
  face === undefined ? firstWithReasons?.(refused) : dialects[face]?.sipReason?.(refused)
