// The time format of SMPP (3.4 7.1.1, 5.0 4.7.23): `YYMMDDhhmmsstnnp`. Absolute with p `+` or `-` and an offset of nn quarters of an
// hour, relative with p `R`. Both ways. An empty string, "no time", is the caller's to look for.

const form = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d)(\d\d)([+\-R])$/
const halfCenturyYears = 50

/** In UTC, to a tenth of a second. */
export function absoluteTime(atMs: number): string {
  const at = new Date(atMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = two(at.getUTCFullYear() % 100) + two(at.getUTCMonth() + 1) + two(at.getUTCDate())
  const time = two(at.getUTCHours()) + two(at.getUTCMinutes()) + two(at.getUTCSeconds())
  return `${date}${time}${Math.floor(at.getUTCMilliseconds() / 100)}00+`
}

/** Rounded up to a second. Undefined beyond 31 days, as months and years of no certain length would be needed; absolute times have no such limit. */
export function relativeTime(durationMs: number): string | undefined {
  const seconds = Math.max(0, Math.ceil(durationMs / 1000))
  const days = Math.floor(seconds / 86_400)
  if (days > 31) return undefined
  const two = (value: number): string => String(value).padStart(2, '0')
  return `0000${two(days)}${two(Math.floor(seconds / 3600) % 24)}${two(Math.floor(seconds / 60) % 60)}${two(seconds % 60)}000R`
}

/** Milliseconds UTC; undefined when it is no time. The century is the one that brings it nearest to now. */
export function parseSmppTime(text: string, nowMs: number): number | undefined {
  const found = form.exec(text)
  if (!found) return undefined
  const [year, month, day, hour, minute, second, tenth, quarters] = found.slice(1, 9).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const sign = found[9]
  if (sign === 'R') {
    const at = new Date(nowMs)
    at.setUTCFullYear(at.getUTCFullYear() + year, at.getUTCMonth() + month, at.getUTCDate() + day)
    return at.getTime() + ((hour * 60 + minute) * 60 + second) * 1000
  }
  // 3.4 7.1.1.1: nn is 00 to 48.
  if (hour > 23 || minute > 59 || second > 59 || quarters > 48) return undefined
  const thisYear = new Date(nowMs).getUTCFullYear()
  let full = thisYear - (thisYear % 100) + year
  if (full > thisYear + halfCenturyYears) full -= 100
  else if (full <= thisYear - halfCenturyYears) full += 100
  const localMs = Date.UTC(full, month - 1, day, hour, minute, second, tenth * 100)
  const local = new Date(localMs)
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined
  // `+` says that the local time is ahead of UTC.
  return localMs + (sign === '+' ? -1 : 1) * quarters * 900_000
}
