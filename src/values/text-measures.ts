// Lengths and kinds of a text that limits are written in. What is too long is for who has the limit to say; segments are sms-text.ts's.

/** Code points: an emoji counts once for each of the code points it is made of. */
export function codePoints(text: string): number {
  let count = text.length
  for (let index = 1; index < text.length; index += 1) {
    if ((text.charCodeAt(index) & 0xfc00) === 0xdc00 && (text.charCodeAt(index - 1) & 0xfc00) === 0xd800) count -= 1
  }
  return count
}

/** Nothing above U+007F. */
export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return false
  return true
}

/** Each half of a surrogate pair that stands alone, which no coding can carry. */
export function loneSurrogates(text: string): { character: string; index: number }[] {
  const found: { character: string; index: number }[] = []
  let index = 0
  for (const character of text) {
    if (character.length === 1 && (character.charCodeAt(0) & 0xf800) === 0xd800) found.push({ character, index })
    index += character.length
  }
  return found
}

/** Something to see: not only spaces, controls and format characters. A joiner or a mark alone shows nothing. */
export const hasVisible = (text: string): boolean => /[^\s\p{Cc}\p{Cf}\p{Cn}\p{Mn}\u115f\u1160\u2800\u3164\uffa0]/u.test(text)
