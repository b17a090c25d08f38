// The network's message ids, which come back in other forms than they went out: in capitals, in hexadecimal where they were
// decimal, without their leading zeros (complaints of every SMPP gateway's users). An id is kept in one canonical form; a
// receipt's is looked for in each form that may be meant.

/** Lower case, without leading zeros. */
export function canonicalRef(raw: string): string {
  const text = raw.trim().toLowerCase()
  let at = 0
  while (at < text.length - 1 && text.charCodeAt(at) === 48) at += 1
  return at === 0 ? text : text.slice(at)
}

const decimal = /^\d{1,20}$/
const hexadecimal = /^[0-9a-f]{1,16}$/

/** The canonical forms that an id in a receipt may have had in the answer to its submit, the likeliest first. */
export function refCandidates(raw: string): string[] {
  const ref = canonicalRef(raw)
  const forms = [ref]
  if (decimal.test(ref)) forms.push(BigInt(ref).toString(16))
  if (hexadecimal.test(ref)) forms.push(BigInt(`0x${ref}`).toString(10))
  return forms
}
