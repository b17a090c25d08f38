// The codecs of speech that are spoken here, by their names in SDP (RFC 3551 6, RFC 7587).

export type CodecName = 'PCMU' | 'PCMA' | 'G722' | 'opus'
