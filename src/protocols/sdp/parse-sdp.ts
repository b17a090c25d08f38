import type { Sdp, SdpFault } from './sdp.ts'

/** Reads application/sdp. Lines may end with LF alone; nothing is thrown. */
export declare function parseSdp(text: string): Sdp | SdpFault
