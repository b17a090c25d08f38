// Typographic characters to the plain ones that GSM-7 has: what word processors put in, and what doubles the price of a message.
// Letters keep their accents, and nothing is left out but what is invisible: a text must read the same.

const plain: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‛': "'",
  '′': "'",
  '`': "'",
  '´': "'",
  ʼ: "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‟': '"',
  '″': '"',
  '«': '"',
  '»': '"',
  '‹': '<',
  '›': '>',
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '–': '-',
  '—': '-',
  '―': '-',
  '−': '-',
  '…': '...',
  '•': '*',
  '·': '.',
  '∙': '.',
  '×': 'x',
  '⁄': '/',
  ﬀ: 'ff',
  ﬁ: 'fi',
  ﬂ: 'fl',
  ﬃ: 'ffi',
  ﬄ: 'ffl',
  '\t': ' ',
  '\u2028': '\n',
  '\u2029': '\n',
  '\u0085': '\n',
}

/** Spaces of all widths. */
const space = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/
/** Zero-width space, word joiner, byte order mark, soft hyphen. Joiners stay: scripts and emoji mean something by them. */
const invisible = /[\u200b\u2060\ufeff\u00ad]/
const found = new RegExp(`${space.source}|${invisible.source}|[${Object.keys(plain).join('')}]`, 'g')

/** Composed (NFC), with plain quotes, dashes, dots and spaces. */
export function plainText(text: string): string {
  return text.normalize('NFC').replaceAll(found, (character) => plain[character] ?? (space.test(character) ? ' ' : ''))
}
