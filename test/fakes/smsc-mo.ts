// Mobile-originated messages of the fake SMSC: whole, or in segments by header or TLVs, in any order, with parts missing if so wanted.

import type { Delivery } from './smsc-wire.ts'

export interface Mo {
  readonly from: string
  readonly to: string
  /** Written one octet a character if every one is ASCII (data_coding 0), else as UCS-2 (8); or give octets in `hex` and `dataCoding`. */
  readonly text?: string
  readonly hex?: string
  readonly dataCoding?: number
  readonly fromTon?: number
  readonly as?: 'single' | 'udh8' | 'udh16' | 'sar' | 'payload'
  /** Octets of text a segment. */
  readonly segmentOctets?: number
  readonly reference?: number
  /** Which parts, in which order, from 1 on; all in order if not given. May repeat and leave out. */
  readonly order?: readonly number[]
  /** To whom; the first that is bound if not given. */
  readonly systemId?: string
}

export function moDeliveries(mo: Mo): Delivery[] {
  const isAscii = /^[\n\r -~]*$/.test(mo.text ?? '')
  const octets =
    mo.hex === undefined
      ? isAscii
        ? Buffer.from(mo.text ?? '', 'latin1')
        : Buffer.from(mo.text!, 'utf16le').swap16()
      : Buffer.from(mo.hex, 'hex')
  const dataCoding = mo.dataCoding ?? (mo.hex === undefined && !isAscii ? 8 : 0)
  const common = {
    source: mo.from,
    destination: mo.to,
    dataCoding,
    ...(mo.fromTon === undefined ? {} : { sourceTon: mo.fromTon }),
  }
  const { as = 'single', segmentOctets = dataCoding === 8 ? 134 : 153, reference = 77 } = mo
  if (as === 'single') return [{ ...common, esmClass: 0, message: octets }]
  if (as === 'payload') return [{ ...common, esmClass: 0, message: Buffer.alloc(0), tlvs: [[0x0424, octets]] }]
  const total = Math.max(1, Math.ceil(octets.length / segmentOctets))
  const order = mo.order ?? Array.from({ length: total }, (_, n) => n + 1)
  return order.map((part): Delivery => {
    const body = octets.subarray((part - 1) * segmentOctets, part * segmentOctets)
    if (as === 'sar') {
      const tlvs = [
        [0x020c, Buffer.from([reference >> 8, reference & 255])],
        [0x020e, Buffer.from([total])],
        [0x020f, Buffer.from([part])],
      ] as const
      return { ...common, esmClass: 0, message: body, tlvs }
    }
    const header =
      as === 'udh8' ? [5, 0, 3, reference & 255, total, part] : [6, 8, 4, reference >> 8, reference & 255, total, part]
    return { ...common, esmClass: 0x40, message: Buffer.concat([Buffer.from(header), body]) }
  })
}
