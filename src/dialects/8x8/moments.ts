// Moments as clients of this vendor write them: ISO 8601 with an offset (reference section 3).

const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/

/** Ms UTC; undefined for what is no moment. */
export function momentIn(value: unknown): number | undefined {
  if (typeof value !== 'string' || !form.test(value)) return undefined
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? undefined : ms
}
