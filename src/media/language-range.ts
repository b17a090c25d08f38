// Which languages a provider is used for, as the operator wrote them: basic filtering of RFC 4647 3.3.1.

/** Whether one of the ranges (BCP 47) holds the language: `en` holds `en-AU`, and `en-AU` not `en`. No list at all holds every one. */
export function holdsLanguage(ranges: readonly string[] | undefined, language: string): boolean {
  const asked = language.toLowerCase()
  return (
    ranges === undefined || ranges.some((range) => asked === range.toLowerCase() || asked.startsWith(`${range.toLowerCase()}-`))
  )
}
