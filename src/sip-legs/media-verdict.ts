// What went wrong with a leg's audio, in words with the cause: nothing came, or it stopped coming, and what the other side's description
// said of itself. Silence where there was no cause for concern: a call too short to tell, or one that was on hold.

import type { StreamFigures } from '#media/contract.ts'
import { advertisedAudio } from '#protocols/sdp/advertised.ts'
import type { Sdp } from '#protocols/sdp/sdp.ts'

export interface VerdictGrounds {
  readonly figures: StreamFigures | undefined
  /** Our last description. */
  readonly local?: Sdp | undefined
  /** The last description of the other side. */
  readonly remote: Sdp | undefined
  /** How long the media were connected. */
  readonly connectedMs: number
  /** Which of the two held the other when it ended. */
  readonly onHold: boolean
}

/** Less tells nothing. */
const leastMs = 4_000

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`

/** Undefined: nothing was wrong, or too little is known. */
export function mediaVerdict({ figures, local, remote, connectedMs, onHold }: VerdictGrounds): string | undefined {
  if (figures === undefined || remote === undefined) return undefined
  const { received, sent, silentSinceMs } = figures
  if (received.packets === 0) {
    if (connectedMs < leastMs) return undefined
    const told = advertisedAudio(remote)
    if (told?.direction === 'recvonly' || told?.direction === 'inactive') return undefined
    return `no audio from the other side in ${seconds(connectedMs)}: ${whyNothing(told, local && advertisedAudio(local), sent.packets)}`
  }
  if (silentSinceMs === undefined || onHold) return undefined
  const silentMs = figures.atMs - silentSinceMs
  if (silentMs < leastMs) return undefined
  return `no packets from the other side for the last ${seconds(silentMs)} before the end; ${received.packets} had come before`
}

type Advertised = ReturnType<typeof advertisedAudio>

function whyNothing(told: Advertised, ours: Advertised, sentPackets: number): string {
  if (told === undefined) return 'its session description has no audio'
  const place = `${told.host}:${told.port}`
  // With a private address of our own the two may well be neighbours: that it is private is then no cause by itself.
  if (told.private && ours?.private && sentPackets > 0)
    return `packets went to the private address ${place} and none came back: a NAT or a firewall on the way, or the other side sends none`
  if (told.private)
    return `its session description advertised the private address ${place}, so that it is behind a NAT that nothing came through`
  if (sentPackets === 0) return `nothing was sent to ${place} either, so that no NAT on the way was opened`
  return `packets went to ${place} and none came back: a firewall on the way, or the other side sends none`
}
