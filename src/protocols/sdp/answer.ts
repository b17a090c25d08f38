import type { AgreedMedia, Transport } from '#media/contract.ts'
import type { Disagreement, MediaWish } from './agreement.ts'
import type { Sdp } from './sdp.ts'

/** What kind of stream the offer's audio wants, to open one before answering; undefined: it has no audio, or none we speak. */
export declare function wantedTransport(offer: Sdp): Transport | undefined

/** The answer and what is agreed by it. Other media are refused with port 0 (RFC 3264 6). `previous`: what we last sent in
 *  this dialog; its session id is kept and the version goes up when anything differs. */
export declare function answerOffer(
  offer: Sdp,
  wish: MediaWish,
  previous?: Sdp,
): { readonly answer: Sdp; readonly agreed: AgreedMedia } | Disagreement
