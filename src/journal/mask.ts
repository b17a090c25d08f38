// Hides what must not stand in a log: telephone numbers, and secrets in addresses.

/** Keeps the country's beginning and the last two digits: `+1202*****23`. Short codes of up to five digits stay. */
export function maskNumber(number: string): string {
  const digits = number.replaceAll(/\D/g, '').length
  return digits <= 5 ? number : number.slice(0, 5) + '*'.repeat(Math.max(0, number.length - 7)) + number.slice(-2)
}

/** Of free text, such as the message of a fault: whatever could be a number, and the user part of any address. */
export function maskText(text: string): string {
  return text.replaceAll(/\/\/[^/\s@]*@/g, '//***@').replaceAll(/\+?\d{7,15}(?![\d.])/g, maskNumber)
}
