// The little of SMPP 3.4 that the fake SMSC speaks, written by hand and apart from src/protocols/smpp: what checks that code must not be built of it.

export const ids = {
  genericNack: 0x80000000,
  bindReceiver: 0x01,
  bindTransmitter: 0x02,
  querySm: 0x03,
  submitSm: 0x04,
  deliverSm: 0x05,
  unbind: 0x06,
  replaceSm: 0x07,
  cancelSm: 0x08,
  bindTransceiver: 0x09,
  enquireLink: 0x15,
  submitMulti: 0x21,
  dataSm: 0x103,
} as const

export const responseBit = 0x80000000

export interface Submit {
  readonly sourceTon: number
  readonly sourceNpi: number
  readonly source: string
  readonly destinationTon: number
  readonly destinationNpi: number
  readonly destination: string
  readonly esmClass: number
  readonly protocolId: number
  readonly priority: number
  readonly schedule: string
  readonly validity: string
  readonly registered: number
  readonly dataCoding: number
  readonly message: Buffer
  readonly tlvs: ReadonlyMap<number, Buffer>
}

const noTlvs: ReadonlyMap<number, Buffer> = new Map()

class Cursor {
  at: number
  readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.at = 16
  }

  int8(): number {
    return this.bytes[this.at++] ?? 0
  }

  text(): string {
    const from = this.at
    while (this.at < this.bytes.length && this.bytes[this.at] !== 0) this.at++
    return this.at++ === from ? '' : this.bytes.toString('latin1', from, this.at - 1)
  }

  octets(): Buffer {
    const length = this.int8()
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  tlvs(): ReadonlyMap<number, Buffer> {
    if (this.at + 4 > this.bytes.length) return noTlvs
    const found = new Map<number, Buffer>()
    while (this.at + 4 <= this.bytes.length) {
      const [tag, length] = [this.bytes.readUInt16BE(this.at), this.bytes.readUInt16BE(this.at + 2)]
      found.set(tag, this.bytes.subarray(this.at + 4, this.at + 4 + length))
      this.at += 4 + length
    }
    return found
  }
}

export function readBind(pdu: Buffer): { systemId: string; password: string; systemType: string } {
  const cursor = new Cursor(pdu)
  return { systemId: cursor.text(), password: cursor.text(), systemType: cursor.text() }
}

/** submit_sm, and deliver_sm which has the same fields. */
export function readSubmit(pdu: Buffer): Submit {
  const cursor = new Cursor(pdu)
  cursor.text()
  const addresses = readAddresses(cursor)
  const [esmClass, protocolId, priority] = [cursor.int8(), cursor.int8(), cursor.int8()]
  const [schedule, validity] = [cursor.text(), cursor.text()]
  const registered = cursor.int8()
  cursor.int8()
  const dataCoding = cursor.int8()
  cursor.int8()
  const message = cursor.octets()
  const tlvs = cursor.tlvs()
  return { ...addresses, esmClass, protocolId, priority, schedule, validity, registered, dataCoding, message, tlvs }
}

export function readDataSm(pdu: Buffer): Submit {
  const cursor = new Cursor(pdu)
  cursor.text()
  const addresses = readAddresses(cursor)
  const [esmClass, registered, dataCoding] = [cursor.int8(), cursor.int8(), cursor.int8()]
  const none = { protocolId: 0, priority: 0, schedule: '', validity: '', message: Buffer.alloc(0) }
  return { ...addresses, ...none, esmClass, registered, dataCoding, tlvs: cursor.tlvs() }
}

function readAddresses(cursor: Cursor) {
  const [sourceTon, sourceNpi, source] = [cursor.int8(), cursor.int8(), cursor.text()]
  const [destinationTon, destinationNpi, destination] = [cursor.int8(), cursor.int8(), cursor.text()]
  return { sourceTon, sourceNpi, source, destinationTon, destinationNpi, destination }
}

/** The message_id that a query_sm or replace_sm begins with; cancel_sm has service_type before it. */
export function readMessageId(pdu: Buffer, skipServiceType: boolean): string {
  const cursor = new Cursor(pdu)
  if (skipServiceType) cursor.text()
  return cursor.text()
}

/** A PDU whose body is C-octet strings. */
export function buildPdu(id: number, status: number, sequence: number, body = ''): Buffer {
  const bytes = Buffer.allocUnsafe(16 + body.length)
  bytes.writeUInt32BE(bytes.length, 0)
  bytes.writeUInt32BE(id, 4)
  bytes.writeUInt32BE(status, 8)
  bytes.writeUInt32BE(sequence, 12)
  if (body !== '') bytes.write(body, 16, 'latin1')
  return bytes
}

export interface Delivery {
  readonly sourceTon?: number
  readonly sourceNpi?: number
  readonly source: string
  readonly destinationTon?: number
  readonly destinationNpi?: number
  readonly destination: string
  readonly esmClass: number
  readonly dataCoding?: number
  readonly message: Uint8Array
  readonly tlvs?: readonly (readonly [tag: number, value: Uint8Array])[]
}

export function buildDelivery(delivery: Delivery, sequence: number): Buffer {
  const { source, destination, message, tlvs = [] } = delivery
  let size = 16 + 17 + source.length + destination.length + message.length
  for (const [, value] of tlvs) size += 4 + value.length
  const bytes = Buffer.alloc(size)
  bytes.writeUInt32BE(size, 0)
  bytes.writeUInt32BE(ids.deliverSm, 4)
  bytes.writeUInt32BE(sequence, 12)
  let at = 17
  bytes[at++] = delivery.sourceTon ?? 1
  bytes[at++] = delivery.sourceNpi ?? 1
  at += bytes.write(source, at, 'latin1') + 1
  bytes[at++] = delivery.destinationTon ?? 1
  bytes[at++] = delivery.destinationNpi ?? 1
  at += bytes.write(destination, at, 'latin1') + 1
  bytes[at] = delivery.esmClass
  bytes[at + 7] = delivery.dataCoding ?? 0
  bytes[at + 9] = message.length
  bytes.set(message, at + 10)
  at += 10 + message.length
  for (const [tag, value] of tlvs) {
    bytes.writeUInt16BE(tag, at)
    bytes.writeUInt16BE(value.length, at + 2)
    bytes.set(value, at + 4)
    at += 4 + value.length
  }
  return bytes
}

/** Calls `take` for every whole PDU and gives what is left; undefined when the stream is no SMPP. */
export function splitPdus(bytes: Buffer, take: (pdu: Buffer) => void): Buffer | undefined {
  let at = 0
  while (bytes.length - at >= 4) {
    const length = bytes.readUInt32BE(at)
    if (length < 16 || length > 200_000) return undefined
    if (at + length > bytes.length) break
    take(bytes.subarray(at, at + length))
    at += length
  }
  return bytes.subarray(at)
}
