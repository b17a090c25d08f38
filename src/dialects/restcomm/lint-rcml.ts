// A document of a call checked without a call: everything that is wrong with it, in the order of its lines.

import type { LintNote } from '#operations/face-parts.ts'
import { readCallRcml } from './call-verbs.ts'
import type { Fault } from './rcml-element.ts'

/** Stands for the URL and the call that a document without either has. */
const nowhere = {
  url: 'https://application.invalid/',
  method: 'POST',
  country: 'US',
  call: { from: '', to: '', number: '' },
} as const

export async function lintRcml(text: string): Promise<readonly LintNote[]> {
  const { faults, warnings } = await readCallRcml(text, nowhere)
  const notes = [...faults.map((fault) => noteOf('fault', fault)), ...warnings.map((fault) => noteOf('warning', fault))]
  return notes.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
}

function noteOf(kind: LintNote['kind'], { line, column, code, element, attribute, says, expected }: Fault): LintNote {
  const where = [element === '' ? '' : `<${element}>`, attribute === undefined ? '' : `attribute ${attribute}`]
  const place = where.filter((word) => word !== '').join(' ')
  const text = `${place === '' ? '' : `${place}: `}${says}${expected === undefined ? '' : `; expected is ${expected}`}`
  return { kind, line, ...(column !== undefined && { column }), text, ...(kind === 'fault' && { code }) }
}
