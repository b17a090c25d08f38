// The doctor's look at calls: whether SIP can be heard and media have their ports, and whether numbers for help lead anywhere. Trunks are with
// the other carriers (examine-carriers.ts), speech is in examine-sound.ts.

import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { Config } from '#config/config.ts'
import type { Finding } from './finding.ts'

type VoiceConfig = Pick<Config, 'sip' | 'sipIsUsual' | 'sipAdvertised' | 'rtpHost' | 'rtpPorts' | 'mediaWorkers' | 'mediaStreams'>

/** Of a platform that does not run. */
export async function* examineSipAddresses({ sip, sipIsUsual }: VoiceConfig): AsyncGenerator<Finding> {
  if (sip.length === 0)
    yield { what: 'SIP', fine: true, says: 'off: no calls over SIP', remedy: 'Set OFFHOOK_SIP to an address.' }
  for (const { transport, host, port } of sip) {
    const what = `SIP ${transport}:${host}:${port}`
    const cause = await (transport === 'udp' ? udpFault(host, port) : tcpFault(host, port))
    if (cause === undefined) yield { what, fine: true, says: 'free' }
    else {
      const isTaken = sipIsUsual && cause.code === 'EADDRINUSE'
      const remedy = isTaken
        ? 'The platform starts without SIP; set OFFHOOK_SIP to another address, or off.'
        : 'Something else listens there, or the address is not ours: set OFFHOOK_SIP.'
      yield { what, fine: isTaken, says: cause.message, remedy }
    }
  }
}

/** Ports of a range that are looked at: the first may be in use by calls, or by others. */
const portsTried = 8

/** One port for each stream: what the workers may take should find one. */
export async function* examineMedia(config: VoiceConfig): AsyncGenerator<Finding> {
  const { sip, sipAdvertised, rtpPorts, mediaWorkers, mediaStreams } = config
  if (sip.length === 0) return
  const host = config.rtpHost ?? sip[0]!.host
  const what = `media ${host}:${rtpPorts.from}-${rtpPorts.to}`
  const ports = rtpPorts.to - rtpPorts.from + 1
  const streams = mediaWorkers * mediaStreams
  const workers = `${mediaWorkers} worker${mediaWorkers === 1 ? '' : 's'} of up to ${mediaStreams} streams`
  const tried = Array.from({ length: Math.min(portsTried, ports) }, (_, at) => rtpPorts.from + at)
  let cause: NodeJS.ErrnoException | undefined
  for (const port of tried) if ((cause = await udpFault(host, port)) === undefined) break
  if (cause && cause.code !== 'EADDRINUSE')
    yield { what, fine: false, says: cause.message, remedy: 'Set OFFHOOK_RTP_HOST to an address of this machine.' }
  else if (sipAdvertised === undefined && /^(0\.0\.0\.0|::|\[::\])$/.test(host)) {
    const remedy = 'Set OFFHOOK_SIP_ADVERTISED to the address that others reach us at, or OFFHOOK_RTP_HOST to one address.'
    yield { what, fine: false, says: 'others would be told to send sound to an address that is none', remedy }
  } else if (cause)
    yield {
      what,
      fine: true,
      says: `the first ${tried.length} ports are in use`,
      remedy: 'If it is not by calls, set OFFHOOK_RTP_PORTS.',
    }
  else if (ports < streams) {
    const remedy = `Calls beyond ${ports} streams are refused: widen OFFHOOK_RTP_PORTS.`
    yield { what, fine: true, says: `${ports} ports for ${workers}`, remedy }
  } else yield { what, fine: true, says: `${ports} ports for ${workers}` }
}

/** ITU-T E.161.1: known everywhere. */
const forHelp = ['112', '911'] as const

interface RouteLine {
  readonly kind: string
  readonly prefix: string
}

/** Routes of a platform that runs. */
export function examineEmergency(routes: readonly RouteLine[]): Finding {
  const what = 'emergency numbers'
  const lacking = forHelp.filter(
    (number) => !routes.some(({ kind, prefix }) => kind === 'voice' && prefix.replace('+', '') === number),
  )
  if (lacking.length === 0) return { what, fine: true, says: 'have routes of their own' }
  const remedy =
    'Where people may rely on them, make a route of kind voice with the number as its prefix, and try it with the authority.'
  return { what, fine: true, says: `${lacking.join(' and ')} lead nowhere: such calls are refused`, remedy }
}

function udpFault(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  return new Promise((resolve) => {
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      socket.close()
      resolve(cause)
    })
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(undefined)))
  })
}

function tcpFault(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ host, port }, () => server.close(() => resolve(undefined)))
  })
}
