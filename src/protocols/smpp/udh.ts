// The user data header before a message's text (3GPP TS 23.040 9.2.3.24): present when esm_class says so (SMPP 3.4 5.2.12).
// Parses and builds it: concatenation, ports, national languages; other elements are kept as octets. It codes no text.

export interface InformationElement {
  readonly id: number
  readonly data: Uint8Array
}

export interface Udh {
  readonly elements: readonly InformationElement[]
  /** Where the text begins: the octets of the header, its length octet among them. */
  readonly octets: number
}

export interface Concatenation {
  readonly bits: 8 | 16
  readonly reference: number
  readonly total: number
  /** 1 to `total`. */
  readonly part: number
}

/** 9.2.3.24.3 and 4. */
export interface Ports {
  readonly bits: 8 | 16
  readonly destination: number
  readonly source: number
}

/** 3GPP TS 23.038 6.2.1.2.4: 1 Turkish, 2 Spanish, 3 Portuguese, 4 Bengali ... 13 Urdu. */
export interface NationalLanguages {
  readonly singleShift?: number
  readonly lockingShift?: number
}

const concatenation8 = 0x00
const ports8 = 0x04
const ports16 = 0x05
const concatenation16 = 0x08
const singleShift = 0x24
const lockingShift = 0x25

/** `octets` is the message with its header first; undefined when that is broken. */
export function readUdh(octets: Uint8Array): Udh | undefined {
  const end = (octets[0] ?? 0) + 1
  if (octets.length === 0 || end > octets.length) return undefined
  const elements: InformationElement[] = []
  for (let at = 1; at < end;) {
    const [id, length] = [octets[at]!, octets[at + 1]]
    if (length === undefined || at + 2 + length > end) return undefined
    elements.push({ id, data: octets.subarray(at + 2, at + 2 + length) })
    at += 2 + length
  }
  return { elements, octets: end }
}

export function buildUdh(elements: readonly InformationElement[]): Buffer {
  const body = elements.flatMap(({ id, data }) => [id, data.length, ...data])
  if (body.length > 139) throw new RangeError(`a header of ${body.length} octets leaves no room for text`)
  return Buffer.from([body.length, ...body])
}

/** 9.2.3.24: of elements that say the same thing the last counts; 9.2.3.24.1: one whose part is not 1 to its total is as if it were not there. */
export function concatenationOf({ elements }: Udh): Concatenation | undefined {
  for (const { id, data } of elements.toReversed()) {
    const found =
      id === concatenation8 && data.length === 3
        ? { bits: 8 as const, reference: data[0]!, total: data[1]!, part: data[2]! }
        : id === concatenation16 && data.length === 4
          ? { bits: 16 as const, reference: data[0]! * 256 + data[1]!, total: data[2]!, part: data[3]! }
          : undefined
    if (found && found.part >= 1 && found.part <= found.total) return found
  }
  return undefined
}

export function portsOf({ elements }: Udh): Ports | undefined {
  for (const { id, data } of elements.toReversed()) {
    if (id === ports8 && data.length === 2) return { bits: 8, destination: data[0]!, source: data[1]! }
    if (id === ports16 && data.length === 4)
      return { bits: 16, destination: data[0]! * 256 + data[1]!, source: data[2]! * 256 + data[3]! }
  }
  return undefined
}

export function nationalLanguagesOf({ elements }: Udh): NationalLanguages {
  const last = (id: number): number | undefined => elements.findLast((one) => one.id === id && one.data.length === 1)?.data[0]
  const [single, locking] = [last(singleShift), last(lockingShift)]
  return {
    ...(single === undefined ? {} : { singleShift: single }),
    ...(locking === undefined ? {} : { lockingShift: locking }),
  }
}

export function concatenationElement({ bits, reference, total, part }: Concatenation): InformationElement {
  if (part < 1 || part > total || total > 255) throw new RangeError(`there is no part ${part} of ${total}`)
  return bits === 8
    ? { id: concatenation8, data: Uint8Array.of(reference & 255, total, part) }
    : { id: concatenation16, data: Uint8Array.of((reference >> 8) & 255, reference & 255, total, part) }
}

export function portsElement({ bits, destination, source }: Ports): InformationElement {
  return bits === 8
    ? { id: ports8, data: Uint8Array.of(destination, source) }
    : { id: ports16, data: Uint8Array.of(destination >> 8, destination & 255, source >> 8, source & 255) }
}

export function nationalLanguageElements(languages: NationalLanguages): InformationElement[] {
  const elements: InformationElement[] = []
  if (languages.singleShift !== undefined) elements.push({ id: singleShift, data: Uint8Array.of(languages.singleShift) })
  if (languages.lockingShift !== undefined) elements.push({ id: lockingShift, data: Uint8Array.of(languages.lockingShift) })
  return elements
}
