// Addresses of customers' PDUs as we keep them, and the way back (SMPP 3.4 5.2.5 and 5.2.6).

export interface Address {
  readonly ton: number
  readonly npi: number
  readonly address: string
}

const international = 1
const national = 2
const networkSpecific = 3
const alphanumeric = 5

/** So many digits and more without a type of number are an international number. */
const internationalDigits = 9

/** What a sender or a recipient is to the operations: E.164 with + where the type of number says so, else as it came. */
export function addressFrom(ton: number, address: string): string {
  const text = address.trim()
  if (!/^\d+$/.test(text)) return text
  if (ton === international) return `+${text.replace(/^00/, '')}`
  if (ton === national || ton > international) return text
  return text.length >= internationalDigits && !text.startsWith('0')
    ? `+${text}`
    : text.startsWith('00')
      ? `+${text.slice(2)}`
      : text
}

export function addressTo(address: string): Address {
  if (/^\+\d+$/.test(address)) return { ton: international, npi: 1, address: address.slice(1) }
  if (/^\d+$/.test(address)) return { ton: networkSpecific, npi: 0, address }
  // A C-octet string holds Latin-1; what a sender may be is within it, but for Greek capitals.
  return { ton: alphanumeric, npi: 0, address: address.replaceAll(/[^ -ÿ]/g, '?').slice(0, 20) }
}
