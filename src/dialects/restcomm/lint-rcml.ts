// A document of a call checked without a call: everything that is wrong with it, in the order of its lines.

import { codeOf } from '#reasons/dictionary.ts'
import type { LintNote } from '#operations/face-parts.ts'
import { inOrder, noteOfUnfit } from '#operations/lint-note.ts'
import type { At } from '#voice/verbs/verb.ts'
import { unfitIn, type ScriptMeans, type Unfit } from '#voice/verbs/unfit.ts'
import { readCallRcml } from './call-verbs.ts'
import { codes } from './codes.ts'
import { notificationCodes } from './notification-codes.ts'
import type { Fault } from './rcml-element.ts'

/** Stands for the URL and the call that a document without either has. */
const nowhere = {
  url: 'https://application.invalid/',
  method: 'POST',
  call: { from: '', to: '', number: '' },
} as const

const idle: LintNote = { kind: 'warning', line: 1, column: 1, place: '<Response>', text: 'nothing is done, and the call ends' }

export async function lintRcml(text: string, means: ScriptMeans): Promise<readonly LintNote[]> {
  const places = new WeakMap<object, At>()
  const { verbs, faults, warnings } = await readCallRcml(text, { ...nowhere, country: means.country, places })
  const isIdle = verbs.length === 0 && faults.length === 0
  const unfit = await unfitIn(verbs, { ...means, places })
  return inOrder([
    ...faults.map((fault) => noteOf('fault', fault)),
    ...warnings.map((fault) => noteOf('warning', fault)),
    ...unfit.map(unfitNote),
    ...(isIdle ? [idle] : []),
  ])
}

function noteOf(kind: LintNote['kind'], { line, column, code, element, attribute, says, expected }: Fault): LintNote {
  const { reason } = notificationCodes[code]
  const place = placeIn(element, attribute)
  // For the call's own reader the words are the URL alone.
  const told = reason !== 'play.url_invalid' ? says : says === 'empty' ? 'a URL is empty' : `${says} is no URL`
  return {
    kind,
    line,
    ...(column !== undefined && { column }),
    ...(place !== '' && { place }),
    text: told,
    ...(expected !== undefined && { expected }),
    reason,
    code,
  }
}

const placeIn = (element: string, attribute: string | undefined): string =>
  [element === '' ? '' : `<${element}>`, attribute === undefined ? '' : `attribute ${attribute}`].filter(Boolean).join(' ')

function unfitNote(unfit: Unfit): LintNote {
  const { line, column, element } = unfit.at ?? {}
  const { code } = codeOf(codes, unfit.refusal)
  return {
    ...noteOfUnfit(unfit, code),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(element !== undefined && { place: placeIn(element, unfit.member) }),
  }
}
