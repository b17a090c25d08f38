// Headers that applications see and set: X- ones, and Diversion with them on the way in. Names as they came.

import type { SipHeaders } from '#protocols/sip/message.ts'

/** At most so many are handed on, each of at most so many characters. */
const most = 50
const longest = 1_024

export function toldHeaders(headers: SipHeaders, also: readonly string[] = []): Readonly<Record<string, string>> {
  const told: Record<string, string> = {}
  let count = 0
  for (const [name, value] of headers.entries()) {
    const isTold = /^x-/i.test(name) || also.some((one) => one.toLowerCase() === name.toLowerCase())
    if (!isTold || count >= most || Object.hasOwn(told, name)) continue
    told[name] = value.slice(0, longest)
    count += 1
  }
  return told
}
