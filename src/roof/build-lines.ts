// The ways that calls go out and come in, put together: SIP with its trunks and phones, and the pretend network. Part of the roof: voice has
// only interfaces of them.

import { pretendKind, type PretendKind } from '#carriers/loopback/pretend-trunk.ts'
import type { TakeIncoming } from '#voice/line.ts'
import { Trunks } from '#voice/trunks.ts'
import { buildSip, type BuildSipParts, type SipBuilt } from './build-sip.ts'
import type { Ground } from './ground.ts'
import type { Sound } from './sound.ts'

export interface BuildLinesParts extends Ground, Omit<BuildSipParts, keyof Ground> {
  readonly sound: Sound
  /** What comes in over any of them. */
  readonly take: TakeIncoming
}

export interface LinesBuilt {
  readonly sip: SipBuilt
  /** Its handsets call and are called. */
  readonly pretend: PretendKind
  readonly trunks: Trunks
}

export function buildLines(parts: BuildLinesParts): LinesBuilt {
  const { clock, nextId, sound, take } = parts
  const sip = buildSip(parts)
  const pretend = pretendKind({
    clock,
    nextId,
    speak: (text) => sound.speak(text),
    said: (phone, text) => (text === null ? sound.pretend.forget(phone) : sound.pretend.said(phone, text)),
    takeIncoming: take,
  })
  const trunks = new Trunks({ ...parts, kinds: [sip.trunkKind, pretend] })
  return { sip, pretend, trunks }
}
