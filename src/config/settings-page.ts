// Every setting with its unit, its default and an example: the text of docs/settings.md. Pure; scripts/write-settings.ts writes the file, a
// test compares it.

import { themes } from './config.ts'
import type { Setting, Told } from './setting.ts'
import { keyOf } from './settings-file.ts'

/** Words stand in parentheses, what one may write in quotes of code. */
const shown = (value: string): string => (/^\(.*\)$/.test(value) ? value.slice(1, -1) : `\`${value}\``)

function row(name: string, { about, usual, example, unit, bounds, hidden }: Setting<unknown> & Told): string {
  const counted = [unit, bounds].filter(Boolean).join(', ')
  const what = hidden ? `${about} *Never shown.*` : about
  return `| \`${name}\`<br>\`${keyOf(name)}\` | ${shown(usual)} | \`${example}\` | ${counted} | ${what} |`
}

export function settingsPage(): string {
  const parts = Object.entries(themes).map(
    ([theme, table]) => `## ${theme}

| setting, and its key in the file | default | example | unit | what it is |
|---|---|---|---|---|
${Object.entries<Setting<unknown> & Told>(table)
  .map(([name, setting]) => row(name, setting))
  .join('\n')}
`,
  )
  return `# Settings

Made from the tables in \`src/config\` by \`node scripts/write-settings.ts\`; a test compares it with them.

All are environment variables. \`settings.json\` in the data directory, or the file that \`OFFHOOK_SETTINGS\` names, may hold the same as one JSON
object with the keys below; lists may be lists there and pairs objects. The environment wins; an empty variable is as none. A wrong value
or an unknown name stops the start, with its name, its value and what is allowed; all at once. Sizes are in bytes, and may end in \`K\`, \`M\`, \`G\` or
\`T\`. \`faces\` in the file has the switches of single dialects, by dialect; the page of each in [conformance](conformance) has its own.

${parts.join('\n')}`
}
