import type { MediaWish } from './agreement.ts'
import type { Origin, Sdp } from './sdp.ts'

/** A first offer: one audio medium of all our codecs. */
export declare function makeOffer(wish: MediaWish): Sdp

/** A later one (re-INVITE, UPDATE; RFC 3264 8): audio stands where it stood, all other media stay with port 0.
 *  `previous` is what we last sent, offer or answer; the version goes up when anything differs. */
export declare function makeNextOffer(wish: Omit<MediaWish, 'origin'>, previous: Sdp): Sdp

/** The same session id, the version one up. */
export declare function nextOrigin(origin: Pick<Origin, 'sessionId' | 'version'>): Pick<Origin, 'sessionId' | 'version'>
