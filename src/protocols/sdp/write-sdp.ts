// Writes a session description in the order of RFC 8866 5, with CRLF. It judges nothing: what parse-sdp.ts read is written as it was.

import type { Attribute, Connection, Sdp } from './sdp.ts'

/** application/sdp with CRLF (RFC 8866 5, 9). */
export function writeSdp(sdp: Sdp): string {
  const { origin } = sdp
  const lines = ['v=0', `o=${origin.username} ${origin.sessionId} ${origin.version} ${words(origin.address)}`, `s=${sdp.name}`]
  const [keys, before] = [sdp.others.filter(isKey), sdp.others.filter((line) => !isKey(line))]
  lines.push(...before)
  if (sdp.connection !== undefined) lines.push(`c=${words(sdp.connection)}`)
  lines.push(...sdp.bandwidths.map((value) => `b=${value}`), ...(sdp.times.length > 0 ? sdp.times : ['t=0 0']), ...keys)
  lines.push(...sdp.attributes.map(attributeLine))
  for (const medium of sdp.media) {
    lines.push(`m=${medium.kind} ${medium.port} ${medium.protocol} ${medium.formats.join(' ')}`)
    if (medium.title !== undefined) lines.push(`i=${medium.title}`)
    if (medium.connection !== undefined) lines.push(`c=${words(medium.connection)}`)
    lines.push(...medium.bandwidths.map((value) => `b=${value}`), ...medium.attributes.map(attributeLine))
  }
  return `${lines.join('\r\n')}\r\n`
}

const isKey = (line: string): boolean => line.startsWith('k=')

const words = ({ family, host }: Connection): string => `IN ${family} ${host}`

const attributeLine = ({ name, value }: Attribute): string => (value === undefined ? `a=${name}` : `a=${name}:${value}`)
