// How packets of one stream come and go, whatever keeps them secret on the way: UDP with or without SRTP, or what a browser speaks.

import type { AgreedMedia, LocalMedia } from '#protocols/sdp/agreed-media.ts'
import type { SendBuffer } from './send-buffers.ts'

export interface WireNews {
  /** Plain RTP, RTCP; the datagram is the listener's own. */
  rtp(datagram: Uint8Array, bytes: number): void
  rtcp(datagram: Uint8Array, bytes: number): void
  /** Keys and ways are there: sound may go. */
  connected(): void
  /** It is over, and the socket with it. */
  failed(detail: string): void
  /** The other side has ended it, or is not there any more. */
  left(): void
}

export interface Wire {
  readonly local: Pick<LocalMedia, 'host' | 'port' | 'sdes' | 'dtls' | 'ice'>
  connect(media: AgreedMedia): void
  /** The buffer is given away; `bytes` of it are plain RTP, and there is room for what protects it. */
  sendRtp(buffer: SendBuffer, bytes: number): void
  sendRtcp(packet: Uint8Array): void
  /** Where packets really come from. */
  readonly source: { readonly host: string; readonly port: number } | undefined
  /** After what was sent last has left. */
  close(): Promise<void>
}

/** What a socket says when another program has its port. */
export class PortTaken extends Error {}
