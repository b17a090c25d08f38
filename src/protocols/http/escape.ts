// Makes any text safe where it lands: HTML text and quoted attributes, XML 1.0 text and quoted attributes.

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replaceAll(/[&<>"']/g, (char) => entities[char] as string) : text
}

// XML 1.0 2.2: these cannot stand in a document, not even as a character reference. Lone surrogates are among them.
const forbidden =
  // oxlint-disable-next-line no-control-regex -- that is what it looks for
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** What XML cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  return escapeHtml(text).replaceAll(forbidden, '\uFFFD')
}
