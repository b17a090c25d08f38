// The part of SSML (W3C, 1.1) that a text may bring: pauses, emphasis, speed and pitch, how to read digits and dates. Everything
// else in angle brackets is taken away, as speakers would fetch files by it; a text that is no markup is made safe to be read as it.

const allowed = /^(?:speak|p|s|break|prosody|emphasis|say-as|sub|phoneme)$/

/** Plain text, as it is written in markup. */
export function asMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Markup without the elements that are not offered, comments and declarations; their text stays. */
export function safeMarkup(text: string): string {
  return text
    .replaceAll(/<!--[^]*?-->|<[!?][^>]*>/g, ' ')
    .replaceAll(/<\/?([a-z][\w:-]*)([^<>]*)>/gi, (tag, name: string) => (allowed.test(name.toLowerCase()) ? tag : ' '))
}

/** What is left to be spoken: the length that counts, and whether there is anything. */
export function spokenText(text: string, isMarkup: boolean): string {
  return (isMarkup ? safeMarkup(text).replaceAll(/<[^>]*>/g, ' ') : text).trim()
}
