// Markup that cannot be forgotten to be escaped: what is put into an html`...` template is text unless it is markup already.

export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | string | number | null | undefined | false | readonly Part[]

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character]!)
}

/** Every value becomes text; lists are joined, null, undefined and false vanish. Attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let text = strings[0]!
  for (let i = 0; i < parts.length; i += 1) text += markup(parts[i]) + strings[i + 1]!
  return new Html(text)
}

function markup(part: Part): string {
  if (part instanceof Html) return part.text
  if (typeof part === 'object' && part !== null) return part.map(markup).join('')
  return part === undefined || part === null || part === false ? '' : escapeHtml(String(part))
}
