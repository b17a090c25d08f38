// A page's answer checked without a call: everything that is wrong with it, by its place in the JSON.

import type { LintNote } from '#operations/face-parts.ts'
import { detailOf, Refusal } from '#reasons/refusal.ts'
import type { ApiVersion } from './action-fields.ts'
import { parsePage, readActions } from './call-actions.ts'

/** Stands for the address that a file does not have. */
const nowhere = 'https://application.invalid/'

export async function lintActions(text: string): Promise<readonly LintNote[]> {
  let page: unknown
  try {
    page = parsePage(Buffer.from(text))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { line, column } = error.params
    const place = { ...(typeof line === 'number' && { line }), ...(typeof column === 'number' && { column }) }
    return [{ kind: 'fault', ...place, text: detailOf(error), code: '2009' }]
  }
  const { faults, warnings, absent } = readActions(page, { url: nowhere, version: versionIn(page), ttsVoice: null })
  return [
    ...faults.map(({ path, says, expected }) => ({
      kind: 'fault' as const,
      text: `${path} ${says}${expected === undefined ? '' : `; expected is ${expected}`}`,
      code: '2009',
    })),
    ...(absent === undefined ? [] : [{ kind: 'fault' as const, text: `${absent} is not offered here`, code: '2009' }]),
    ...warnings.map(({ path, says }) => ({ kind: 'warning' as const, text: `${path} ${says}` })),
  ]
}

/** Version 1 needs none in the answer; what names none is checked as version 1. */
function versionIn(page: unknown): ApiVersion {
  const { api_version: version } = (typeof page === 'object' && page !== null ? page : {}) as { api_version?: unknown }
  return version === undefined || version === '1.0' ? '1.0' : '2.0'
}
