// A deck's rates as CSV: one rate a line, the columns named in the first. Prices are decimals in the deck's currency. Nothing
// in it needs quotes, so that none are known.

import { refuse } from '#reasons/refusal.ts'
import type { NewRate } from '#store/rate-decks.ts'
import { decimalOf, microFrom } from '#values/money.ts'

/** `direction`, `per`, `first` and `next` may be left out: out, and 1 each. */
const columns = ['service', 'direction', 'prefix', 'price', 'per', 'first', 'next'] as const
type Column = (typeof columns)[number]
const needed: readonly Column[] = ['service', 'prefix', 'price']

const mostRates = 20_000

/** Highest price of a unit: 100,000 of the currency. */
const mostPriceMicro = 100_000_000_000
const mostBlock = 86_400

function wrong(line: number, value: string, expected: string): never {
  refuse('request.parameter_invalid', { parameter: 'csv', value: value.slice(0, 60), expected: `${expected} in line ${line}` })
}

function blockIn(text: string): number {
  const value = text === '' ? 1 : Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= mostBlock && /^\d*$/.test(text)) return value
  return refuse('rating.charging_block_invalid', { value: text.slice(0, 40) })
}

function rateIn(cell: (column: Column) => string, line: number): NewRate {
  const service = cell('service')
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(service)) wrong(line, service, 'a service')
  const direction = cell('direction') || 'out'
  if (direction !== 'out' && direction !== 'in') wrong(line, direction, 'the direction out or in')
  const prefix = cell('prefix').replace(/^\+/, '')
  if (!/^\d{0,15}$/.test(prefix)) wrong(line, prefix, 'a prefix of digits')
  const price = microFrom(cell('price'))
  if (price === undefined || price < 0 || price > mostPriceMicro) {
    refuse('rating.charge_rate_invalid', { rate: `${cell('price').slice(0, 40)} in line ${line}` })
  }
  return {
    service,
    direction,
    prefix,
    price_micro: price,
    per: blockIn(cell('per')),
    first_block: blockIn(cell('first')),
    next_block: blockIn(cell('next')),
  }
}

/**
 * Gives request.parameter_invalid for what is no rate, or twice the same, rating.charge_rate_invalid for a price that is no
 * amount or below nothing, rating.charging_block_invalid for a block that is no whole number from 1 to 86400.
 */
export function ratesFromCsv(csv: string): NewRate[] {
  const lines = csv.replace(/^\ufeff/, '').split(/\r?\n/)
  const named = (lines[0] ?? '').split(',').map((name) => name.trim().toLowerCase())
  for (const name of needed) if (!named.includes(name)) wrong(1, lines[0] ?? '', `a column ${name}`)
  const places = new Map(columns.map((column) => [column, named.indexOf(column)]))
  const rates: NewRate[] = []
  const seen = new Set<string>()
  for (const [index, text] of lines.entries()) {
    if (index === 0 || text.trim() === '') continue
    const cells = text.split(',').map((cell) => cell.trim())
    const rate = rateIn((column) => cells[places.get(column)!] ?? '', index + 1)
    const key = `${rate.service} ${rate.direction} ${rate.prefix}`
    if (seen.has(key)) wrong(index + 1, key, 'a rate that stands once')
    if (rates.length === mostRates) wrong(index + 1, String(index), `at most ${mostRates} rates`)
    seen.add(key)
    rates.push(rate)
  }
  return rates
}

export function csvOfRates(rates: readonly NewRate[]): string {
  const rows = rates.map((rate) =>
    [rate.service, rate.direction, rate.prefix, decimalOf(rate.price_micro), rate.per, rate.first_block, rate.next_block].join(),
  )
  return `${[columns.join(), ...rows].join('\n')}\n`
}
