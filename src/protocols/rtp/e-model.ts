import type { CodecName } from '#media/contract.ts'
/** ITU-T G.107, with what a receiver can know. loss 0 to 1 after the jitter buffer; delay mouth to ear in ms. MOS 1 to 4.5. */
export declare function mosOf(heard: { readonly codec: CodecName; readonly loss: number; readonly delayMs: number }): number
/** The R factor, 0 to 100. */
export declare function ratingOf(heard: { readonly codec: CodecName; readonly loss: number; readonly delayMs: number }): number
