// Content negotiation by Accept (RFC 9110 12.5.1). Parameters other than q are not compared.

/**
 * The offered type that the client wants most, the first of equals; undefined when it takes none of them.
 * `offered` are plain `type/subtype` in lower case, the face's favourite first.
 */
export function negotiate<T extends string>(accept: string | undefined, offered: readonly T[]): T | undefined {
  if (accept === undefined || accept === '*/*' || accept.trim() === '') return offered[0]
  const ranges = accept.split(',').map(readRange)
  let best: T | undefined
  let bestWeight = 0
  for (const type of offered) {
    const weight = weightOf(type, ranges)
    if (weight > bestWeight) {
      best = type
      bestWeight = weight
    }
  }
  return best
}

interface Range {
  readonly type: string
  readonly weight: number
}

function readRange(text: string): Range {
  const [type = '', ...params] = text.split(';').map((part) => part.trim().toLowerCase())
  const q = params.find((param) => param.startsWith('q='))
  // RFC 9110 12.4.2: 0 to 1 with up to three digits; what is no such number counts as 1.
  const weight = q !== undefined && /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q.slice(2)) : 1
  return { type, weight }
}

/** The most specific range that fits decides. */
function weightOf(type: string, ranges: readonly Range[]): number {
  const family = `${type.slice(0, type.indexOf('/'))}/*`
  for (const wanted of [type, family, '*/*']) {
    const found = ranges.filter((range) => range.type === wanted)
    if (found.length > 0) return Math.max(...found.map((range) => range.weight))
  }
  return 0
}
