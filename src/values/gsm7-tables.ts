// The tables of the GSM 7 bit alphabet, as data: 3GPP TS 23.038 6.2.1 (default), 6.2.1.1 (its extension), annex A.2 (national
// single shift) and A.3 (national locking shift). Only what a code shows is said here; `gsm7.ts` makes the look-ups of it.

/** The national languages of annex A, by their identifier in a user data header (6.2.1.2.4.1). */
export const nationalLanguages = {
  tr: 1,
  es: 2,
  pt: 3,
  bn: 4,
  gu: 5,
  hi: 6,
  kn: 7,
  ml: 8,
  or: 9,
  pa: 10,
  ta: 11,
  te: 12,
  ur: 13,
} as const

/** ISO 639-1. */
export type NationalLanguage = keyof typeof nationalLanguages

/** What a code without a character holds in these tables; the escape (0x1b) is one of them. */
export const reserved = '·'

const digits = '0123456789:;'
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const lower = 'abcdefghijklmnopqrstuvwxyz'
const none = (count: number): string => reserved.repeat(count)

/** Four hexadecimal digits a character, or `....` where there is none. */
function fromHex(block: string): string {
  return block
    .trim()
    .split(/\s+/)
    .map((code) => (code === '....' ? reserved : String.fromCharCode(Number.parseInt(code, 16))))
    .join('')
}

const greek = 'Δ_ΦΓΛΩΠΨΣΘΞ·'
const marks = ' !"#¤%&\'()*+,-./'

const locking: Readonly<Record<number, string>> = {
  0: `@£$¥èéùìòÇ\nØø\rÅå${greek}ÆæßÉ${marks}${digits}<=>?¡${upper}ÄÖÑÜ§¿${lower}äöñüà`,
  1: `@£$¥€éùıòÇ\nĞğ\rÅå${greek}ŞşßÉ${marks}${digits}<=>?İ${upper}ÄÖÑÜ§ç${lower}äöñüà`,
  3: `@£$¥êéúíóç\nÔô\rÁáΔ_ªÇÀ∞^\\€Ó|·ÂâÊÉ !"#º%&'()*+,-./${digits}<=>?Í${upper}ÃÕÚÜ§~${lower}ãõ\`üà`,
  13: [
    fromHex('0627 0622 0628 067b 0680 067e 06a6 062a 06c2 067f 000a 0679 067d 000d 067a 067c'),
    fromHex('062b 062c 0681 0684 0683 0685 0686 0687 062d 062e 062f .... 068c 0688 0689 068a'),
    fromHex('0020 0021 068f 068d 0630 0631 0691 0693 0029 0028 0699 0632 002c 0696 002e 0698'),
    `${digits}${fromHex('069a 0633 0634')}?`,
    fromHex('0635 0636 0637 0638 0639 0641 0642 06a9 06aa 06ab 06af 06b3 06b1 0644 0645 0646'),
    fromHex('06ba 06bb 06bc 0648 06c4 06d5 06c1 06be 0621 06cc 06d0 06d2 064d 0650 064f 0657'),
    `${fromHex('0654')}${lower}${fromHex('0655 0651 0653 0656 0670')}`,
  ].join(''),
}

const single: Readonly<Record<number, string>> = {
  0: `${none(10)}\f${none(9)}^${none(19)}{}${none(5)}\\${none(12)}[~]·|${none(36)}€${none(26)}`,
  1: `${none(10)}\f${none(9)}^${none(19)}{}${none(5)}\\${none(12)}[~]·|${none(6)}Ğ·İ${none(9)}Ş${none(15)}ç·€·ğ·ı${none(9)}ş${none(12)}`,
  2: `${none(9)}ç\f${none(9)}^${none(19)}{}${none(5)}\\${none(12)}[~]·|Á${none(7)}Í${none(5)}Ó${none(5)}Ú${none(11)}á${none(3)}€${none(3)}í${none(5)}ó${none(5)}ú${none(10)}`,
  3: `${none(5)}ê${none(3)}ç\fÔô·Áá${none(2)}ΦΓ^ΩΠΨΣΘ${none(5)}Ê${none(8)}{}${none(5)}\\${none(12)}[~]·|À${none(7)}Í${none(5)}Ó${none(5)}Ú${none(5)}ÃÕ${none(4)}Â${none(3)}€${none(3)}í${none(5)}ó${none(5)}ú${none(5)}ãõ${none(2)}â`,
}

// The ten Indic scripts share two plans. Their blocks of Unicode lie 0x80 apart and run in parallel (they all follow ISCII), so
// that a locking table is the plan below with the script's offset added, without the code points the script has not.
const indicLocking = [
  '01 02 03 05 06 07 08 09 0a 0b LF 0c 0d CR 0e 0f',
  '10 11 12 13 14 15 16 17 18 19 1a -- 1b 1c 1d 1e',
  'SP !  1f 20 21 22 23 24 )  (  25 26 ,  27 .  28',
  '0  1  2  3  4  5  6  7  8  9  :  ;  29 2a 2b ? ',
  '2c 2d 2e 2f 30 31 32 33 34 35 36 37 38 39 3c 3d',
  '3e 3f 40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d',
]
  .join(' ')
  .trim()
  .split(/\s+/)

/** Where a single shift table holds what only the script has, in this order. */
const scriptPlaces = [[0x19, 0x1a], range(0x1c, 0x27), range(0x2a, 0x2e), range(0x30, 0x3b), 0x3f].flat()

const indicSingle = `@£$¥¿"¤%&'\f*+·-/<=>¡^¡_#*${none(15)}{}${none(5)}\\${none(12)}[~]·|${upper}${none(10)}€${none(26)}`

interface Script {
  readonly id: number
  /** The first code point of its block. */
  readonly block: number
  /** Offsets of the locking plan that are no character of this script. */
  readonly without: string
  /** Offsets at code 0x60 and at 0x7b to 0x7f. */
  readonly last: string
  /** Code points at `scriptPlaces`. */
  readonly more: string
}

const scripts: readonly Script[] = [
  {
    id: nationalLanguages.bn,
    block: 0x980,
    without: '0d 0e 11 12 29 31 33 34 35 3a 45 46 49 4a',
    last: '4e 57 5c 5d 70 71',
    more: '09e6 09e7 09e8 09e9 09ea 09eb 09ec 09ed 09ee 09ef 09df 09e0 09e1 09e2 09e3 09f2 09f3 09f4 09f5 09f6 09f7 09f8 09f9 09fa',
  },
  {
    id: nationalLanguages.gu,
    block: 0xa80,
    without: '0e 12 29 31 34 46 4a',
    last: '50 60 61 62 63 71',
    more: '0964 0965 0ae6 0ae7 0ae8 0ae9 0aea 0aeb 0aec 0aed 0aee 0aef',
  },
  {
    id: nationalLanguages.hi,
    block: 0x900,
    without: '',
    last: '50 72 7b 7c 7e 7f',
    more: '0964 0965 0966 0967 0968 0969 096a 096b 096c 096d 096e 096f 0951 0952 0953 0954 0958 0959 095a 095b 095c 095d 095e 095f 0960 0961 0962 0963 0970 0971',
  },
  {
    id: nationalLanguages.kn,
    block: 0xc80,
    without: '01 0d 11 29 34 45 49',
    last: '55 56 60 61 62 63',
    more: '0964 0965 0ce6 0ce7 0ce8 0ce9 0cea 0ceb 0cec 0ced 0cee 0cef 0cde 0cf1 0cf2',
  },
  {
    id: nationalLanguages.ml,
    block: 0xd00,
    without: '01 0d 11 29 3c 45 49',
    last: '57 60 61 62 63 79',
    more: '0964 0965 0d66 0d67 0d68 0d69 0d6a 0d6b 0d6c 0d6d 0d6e 0d6f 0d70 0d71 0d72 0d73 0d74 0d75 0d7a 0d7b 0d7c 0d7d 0d7e 0d7f',
  },
  {
    id: nationalLanguages.or,
    block: 0xb00,
    without: '0d 0e 11 12 29 31 34 45 46 49 4a',
    last: '56 57 60 61 62 63',
    more: '0964 0965 0b66 0b67 0b68 0b69 0b6a 0b6b 0b6c 0b6d 0b6e 0b6f 0b5c 0b5d 0b5f 0b70 0b71',
  },
  {
    id: nationalLanguages.pa,
    block: 0xa00,
    without: '0b 0c 0d 0e 11 12 29 31 34 37 3d 43 44 45 46 49 4a',
    last: '51 70 71 72 73 74',
    more: '0964 0965 0a66 0a67 0a68 0a69 0a6a 0a6b 0a6c 0a6d 0a6e 0a6f 0a59 0a5a 0a5b 0a5c 0a5e 0a75',
  },
  {
    id: nationalLanguages.ta,
    block: 0xb80,
    without: '01 0b 0c 0d 11 16 17 18 1b 1d 20 21 22 25 26 27 2b 2c 2d 3c 3d 43 44 45 49',
    last: '50 57 70 71 72 79',
    more: '0964 0965 0be6 0be7 0be8 0be9 0bea 0beb 0bec 0bed 0bee 0bef 0bf3 0bf4 0bf5 0bf6 0bf7 0bf8 0bfa',
  },
  {
    id: nationalLanguages.te,
    block: 0xc00,
    without: '0d 11 29 34 3c 45 49',
    last: '55 56 60 61 62 63',
    more: '.... .... 0c66 0c67 0c68 0c69 0c6a 0c6b 0c6c 0c6d 0c6e 0c6f 0c58 0c59 0c78 0c79 0c7a 0c7b 0c7c 0c7d 0c7e 0c7f',
  },
]

const urduMore =
  '0600 0601 06f0 06f1 06f2 06f3 06f4 06f5 06f6 06f7 06f8 06f9 060c 060d 060e 060f 0610 0611 0612 0613 0614 061b 061f 0640 0652 0658 066b 066c 0672 0673 06cd 06d4'

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

function scriptLocking({ block, without, last }: Script): string {
  const absent = new Set(without.split(' '))
  const character = (cell: string): string => {
    if (cell === 'LF') return '\n'
    if (cell === 'CR') return '\r'
    if (cell === 'SP') return ' '
    if (cell.length === 1) return cell
    return cell === '--' || absent.has(cell) ? reserved : String.fromCharCode(block + Number.parseInt(cell, 16))
  }
  const [first = '', ...rest] = last.split(' ').map(character)
  return `${indicLocking.map(character).join('')}${first}${lower}${rest.join('')}`
}

function scriptSingle(more: string): string {
  const table = [...indicSingle]
  for (const [index, character] of [...fromHex(more)].entries()) table[scriptPlaces[index] as number] = character
  return table.join('')
}

/** 128 characters each, by the identifier of the language; 0 is the default alphabet. Spanish has no locking table. */
export const lockingTables: Readonly<Record<number, string>> = {
  ...locking,
  ...Object.fromEntries(scripts.map((script) => [script.id, scriptLocking(script)])),
}

/** 128 characters each: what stands behind an escape. 0 is the default extension. */
export const singleTables: Readonly<Record<number, string>> = {
  ...single,
  ...Object.fromEntries(scripts.map((script) => [script.id, scriptSingle(script.more)])),
  [nationalLanguages.ur]: scriptSingle(urduMore),
}
