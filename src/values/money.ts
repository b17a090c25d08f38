// Money: integer millionths of a unit of an ISO 4217 currency. Read from and written as decimals digit by digit, never
// through a floating-point number. Knows no conversion between currencies.

/** 15 digits before the point would no longer be exact. */
const decimal = /^(-?)(\d{1,9})(?:\.(\d{1,6}))?$/

/** `0.0075` is 7500. Undefined for what is no plain decimal with at most 9 digits before and 6 after the point. */
export function microFrom(text: string): number | undefined {
  const [, sign, whole, part = ''] = decimal.exec(text) ?? []
  if (whole === undefined) return undefined
  const micro = Number(whole) * 1_000_000 + Number(part.padEnd(6, '0'))
  return sign === '-' && micro !== 0 ? -micro : micro
}

/** 7500 is `0.0075`, 1500000 `1.50`: no zeros at the end, but at least `digits` after the point. */
export function decimalOf(micro: number, digits = 2): string {
  const all = Math.abs(micro).toString().padStart(7, '0')
  const whole = all.slice(0, -6)
  const part = all.slice(-6).replace(/0+$/, '').padEnd(digits, '0')
  return `${micro < 0 ? '-' : ''}${whole}${part === '' ? '' : `.${part}`}`
}

const currencies = new Set(Intl.supportedValuesOf('currency'))

/** Whether three capitals are a currency of ISO 4217. */
export const isCurrency = (text: string): boolean => currencies.has(text)
