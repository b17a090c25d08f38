// Our addresses as an SMSC wants them: digits with type of number and numbering plan (SMPP 3.4 5.2.5 and 5.2.6), and the way back.

import type { SmppSettings } from './settings.ts'

export interface SmppAddress {
  readonly ton: number
  readonly npi: number
  readonly address: string
}

const international = 1
const networkSpecific = 3
const alphanumeric = 5
const isdn = 1

/** Undefined when the characters cannot stand in a PDU. */
export function sourceAddress(sender: string, { sourceTon, sourceNpi, plus }: SmppSettings): SmppAddress | undefined {
  if (!isOctets(sender)) return undefined
  const isNumber = /^\+\d+$/.test(sender)
  const isShort = /^\d+$/.test(sender)
  const address = isNumber && !plus ? sender.slice(1) : sender
  // 5.2.5: a short code means something in one network only.
  const ton = isNumber ? international : isShort ? networkSpecific : alphanumeric
  return { ton: chosen(sourceTon, ton), npi: chosen(sourceNpi, isNumber ? isdn : 0), address }
}

/** `recipient` is E.164 with +. */
export function destinationAddress(recipient: string, { destTon, destNpi, plus }: SmppSettings): SmppAddress {
  return { ton: chosen(destTon, international), npi: chosen(destNpi, isdn), address: plus ? recipient : recipient.slice(1) }
}

function isOctets(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit === 0 || unit > 0xff) return false
  }
  return true
}

const chosen = (setting: string, auto: number): number => (setting === 'auto' ? auto : Number(setting))

/**
 * An address from the network as we keep it: E.164 with + where it can be one, else digits or letters as they came. An unknown type
 * of number with nine digits or more is taken to be international, as most SMSCs do not say.
 */
export function addressFrom(ton: number, address: string): string {
  const text = address.trim()
  if (/^\+\d+$/.test(text)) return text
  if (!/^\d+$/.test(text)) return text
  if (ton === international) return `+${text.replace(/^00/, '')}`
  return ton === 0 && text.length >= 9 ? `+${text.replace(/^00/, '')}` : text
}
