// One provider of speech or recognition, as the setting lists it (provider-list.ts).

export interface ListedProvider {
  /** As scripts name it. */
  readonly name: string
  /** Without user, password and languages. */
  readonly url: string
  /** Such as `authorization`. */
  readonly headers: Readonly<Record<string, string>>
  /** BCP 47, as far as each goes (language-range.ts). Absent: the provider says. */
  readonly languages?: readonly string[]
}
