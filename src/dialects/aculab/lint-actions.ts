// A page's answer checked without a call: everything that is wrong with it, by its place in the JSON.

import type { LintNote } from '#operations/face-parts.ts'
import { inOrder, noteOfUnfit } from '#operations/lint-note.ts'
import { jsonPlaces, placeOf } from '#protocols/http/json-places.ts'
import { codeOf } from '#reasons/dictionary.ts'
import { detailOf, Refusal } from '#reasons/refusal.ts'
import { unfitIn, type ScriptMeans } from '#voice/verbs/unfit.ts'
import type { ApiVersion } from './action-fields.ts'
import { parsePage, readActions } from './call-actions.ts'
import { codes } from './codes.ts'

/** Stands for the address that a file does not have. */
const nowhere = 'https://application.invalid/'
const badPage = '2009'

export async function lintActions(text: string, means: ScriptMeans): Promise<readonly LintNote[]> {
  let page: unknown
  try {
    page = parsePage(Buffer.from(text))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { line, column } = error.params
    const place = { ...(typeof line === 'number' && { line }), ...(typeof column === 'number' && { column }) }
    return [{ kind: 'fault', ...place, text: detailOf(error), reason: error.reason, code: badPage }]
  }
  const { verbs, faults, warnings, absent } = readActions(page, { url: nowhere, version: versionIn(page), ttsVoice: null })
  const places = jsonPlaces(text)
  const at = (path: string) => ({ ...placeOf(places, path.replace(/^\$\.?/, '')), place: path })
  const reason = 'markup.schema_invalid' as const
  const unfit = await unfitIn(verbs, means)
  return inOrder([
    ...faults.map(({ path, says, expected }) => ({
      kind: 'fault' as const,
      ...at(path),
      text: says,
      ...(expected !== undefined && { expected }),
      reason,
      code: badPage,
    })),
    ...(absent === undefined ? [] : [{ kind: 'fault' as const, text: `${absent} is not offered here`, reason, code: badPage }]),
    ...warnings.map(({ path, says }) => ({ kind: 'warning' as const, ...at(path), text: says, reason })),
    ...unfit.map((one) => ({
      ...noteOfUnfit(one, codeOf(codes, one.refusal).code),
      ...(one.at?.element !== undefined && at(one.at.element)),
    })),
  ])
}

/** Version 1 needs none in the answer; what names none is checked as version 1. */
function versionIn(page: unknown): ApiVersion {
  const { api_version: version } = (typeof page === 'object' && page !== null ? page : {}) as { api_version?: unknown }
  return version === undefined || version === '1.0' ? '1.0' : '2.0'
}
