// Comma-separated values (RFC 4180): files that come, with quoted fields, doubled quotes and either end of line, and lines of files
// that go.

/** A field that a spreadsheet would take for a formula is made text. */
const formula = /^[=@\t\r]|^[+-](?!\d)/

/** With its end of line. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`
}

function csvField(value: string): string {
  const plain = formula.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

/** Rows of fields; empty lines are left out. Undefined when a quote is never closed or the file has too many rows. */
export function parseCsv(text: string, maxRows: number): string[][] | undefined {
  const rows: string[][] = []
  let row: string[] = []
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (at < text.length) {
    let field: string
    if (text.charCodeAt(at) === 0x22) {
      const end = closingQuote(text, at + 1)
      if (end === undefined) return undefined
      field = text.slice(at + 1, end).replaceAll('""', '"')
      at = end + 1
      // What stands between the closing quote and the comma belongs to nothing.
      while (at < text.length && !isEnd(text.charCodeAt(at))) at += 1
    } else {
      const start = at
      while (at < text.length && !isEnd(text.charCodeAt(at))) at += 1
      field = text.slice(start, at).trim()
    }
    row.push(field)
    if (text.charCodeAt(at) === 0x2c) {
      at += 1
      if (at === text.length) row.push('')
      else continue
    }
    if (row.some((one) => one !== '')) rows.push(row)
    if (rows.length > maxRows) return undefined
    row = []
    while (text.charCodeAt(at) === 0x0d || text.charCodeAt(at) === 0x0a) at += 1
  }
  return rows
}

const isEnd = (code: number): boolean => code === 0x2c || code === 0x0a || code === 0x0d

function closingQuote(text: string, from: number): number | undefined {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) if (text.charCodeAt(at + 1) !== 0x22) return at
  return undefined
}
