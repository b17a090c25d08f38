// Every reason that a dialect has no code of its own for, and what it says instead: the text of docs/conformance/fallbacks.md.
// Pure; scripts/write-fallbacks.ts writes the file, a test compares it.

import { catalogue } from '#reasons/catalogue.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { codeOf, codesOf } from '#reasons/dictionary.ts'
import { dictionaries, systems } from './dictionaries.ts'
import type { System } from './dictionaries.ts'

/** The cell of one pair; empty where the reason always has a code of its own there. */
function fallbackCell(system: System, slug: Slug): string {
  const dictionary = dictionaries[system]
  const own = codesOf(dictionary, slug)
  const said = codeOf(dictionary, { reason: slug, params: {} })
  if (said.exact) return ''
  const body = said.body !== undefined && String(said.body) !== said.code ? `, body ${said.body}` : ''
  const words = said.code === null ? `${said.http}, no code` : `${said.code} (${said.http}${body})`
  return own.length > 0 ? `${words}, else ${own.join(' ')}` : words
}

export function fallbacks(): string {
  const slugs = Object.keys(catalogue) as Slug[]
  const lines = slugs.flatMap((slug) => {
    const cells = systems.map((system) => fallbackCell(system, slug))
    return cells.every((cell) => cell === '') ? [] : [`| \`${slug}\` | ${cells.join(' | ')} |`]
  })
  return `# What is said where a dialect has no code

Made from the dictionaries by \`node scripts/write-fallbacks.ts\`; a test compares it with them. Each row was reviewed: a fallback may say
less than the reason, never something false. The HTTP status stands in parentheses. An empty cell: the dialect has its own code for the reason.
*no code*: the answer carries the status and our words, with no code of that vendor. *else*: the reason has codes of its own there, but only for
some values of its parameters. The headers \`Offhook-Reason\` and \`Offhook-Error-Id\` go with every refusal, so that nothing is lost.

| reason | ${systems.join(' | ')} |
|---|${systems.map(() => '---').join('|')}|
${lines.join('\n')}
`
}
