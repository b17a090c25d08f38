// esm_class (SMPP 3.4 5.2.12, 5.0 4.7.12), registered_delivery (3.4 5.2.17) and network_error_code (3.4 5.3.2.31): bits both ways.

/** Bits 1 and 0, of submit_sm and data_sm. */
const modes = ['default', 'datagram', 'forward', 'store_and_forward'] as const

/** Bits 5 to 2. */
const types = {
  default: 0x00,
  delivery_receipt: 0x04,
  delivery_acknowledgement: 0x08,
  user_acknowledgement: 0x10,
  conversation_abort: 0x18,
  intermediate_notification: 0x20,
} as const

export type MessagingMode = (typeof modes)[number]
export type MessageType = keyof typeof types

export interface EsmClass {
  readonly mode: MessagingMode
  /** `reserved` is a combination that means nothing. */
  readonly type: MessageType | 'reserved'
  /** Bit 6, UDHI: the message begins with a user data header. */
  readonly hasUdh: boolean
  /** Bit 7. */
  readonly hasReplyPath: boolean
}

const typeByBits = new Map<number, MessageType>(Object.entries(types).map(([name, bits]) => [bits, name as MessageType]))

export function readEsmClass(esmClass: number): EsmClass {
  return {
    mode: modes[esmClass & 0x03]!,
    type: typeByBits.get(esmClass & 0x3c) ?? 'reserved',
    hasUdh: (esmClass & 0x40) !== 0,
    hasReplyPath: (esmClass & 0x80) !== 0,
  }
}

export function buildEsmClass(parts: {
  readonly mode?: MessagingMode
  readonly type?: MessageType
  readonly hasUdh?: boolean
  readonly hasReplyPath?: boolean
}): number {
  const { mode = 'default', type = 'default', hasUdh = false, hasReplyPath = false } = parts
  return modes.indexOf(mode) | types[type] | (hasUdh ? 0x40 : 0) | (hasReplyPath ? 0x80 : 0)
}

export interface RegisteredDelivery {
  /** Bits 1 and 0: which final ends are told; `success` alone is of 5.0. */
  readonly receipt: 'none' | 'always' | 'failure' | 'success'
  /** Bits 3 and 2, by the receiving side itself. */
  readonly acknowledgement: 'none' | 'delivery' | 'user' | 'both'
  /** Bit 4: states on the way are told too. */
  readonly intermediate: boolean
}

const receipts = ['none', 'always', 'failure', 'success'] as const
const acknowledgements = ['none', 'delivery', 'user', 'both'] as const

export function readRegisteredDelivery(registeredDelivery: number): RegisteredDelivery {
  return {
    receipt: receipts[registeredDelivery & 0x03]!,
    acknowledgement: acknowledgements[(registeredDelivery >> 2) & 0x03]!,
    intermediate: (registeredDelivery & 0x10) !== 0,
  }
}

export function buildRegisteredDelivery(parts: Partial<RegisteredDelivery>): number {
  const { receipt = 'none', acknowledgement = 'none', intermediate = false } = parts
  return receipts.indexOf(receipt) | (acknowledgements.indexOf(acknowledgement) << 2) | (intermediate ? 0x10 : 0)
}

export interface NetworkErrorCode {
  /** 1 ANSI-136, 2 IS-95, 3 GSM, 8 the message centre's own; others are reserved or of 5.0. */
  readonly networkType: number
  readonly code: number
}

/** Undefined unless it has its three octets. */
export function readNetworkErrorCode(octets: Uint8Array): NetworkErrorCode | undefined {
  return octets.length === 3 ? { networkType: octets[0]!, code: octets[1]! * 256 + octets[2]! } : undefined
}

export function buildNetworkErrorCode({ networkType, code }: NetworkErrorCode): Buffer {
  return Buffer.from([networkType, code >> 8, code & 255])
}
