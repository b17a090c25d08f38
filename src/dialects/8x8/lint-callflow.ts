// A callflow checked without a call: the body of a request, the reply of a hook, or the list alone.

import type { LintNote } from '#operations/face-parts.ts'
import { inOrder, noteOfUnfit } from '#operations/lint-note.ts'
import { jsonPlaces, placeOf } from '#protocols/http/json-places.ts'
import { parseJson } from '#protocols/http/json-strict.ts'
import { detailOf, Refusal } from '#reasons/refusal.ts'
import { unfitIn, type ScriptMeans } from '#voice/verbs/unfit.ts'
import { errorOf } from './call-told.ts'
import { callflowFaults, readableActions } from './callflow.ts'
import { verbsOf } from './flow-verbs.ts'

const badJson = '-1001'
const reason = 'markup.schema_invalid'

export async function lintCallflow(text: string, means: ScriptMeans): Promise<readonly LintNote[]> {
  let value: unknown
  try {
    value = parseJson(Buffer.from(text))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { line, column } = error.params
    const place = { ...(typeof line === 'number' && { line }), ...(typeof column === 'number' && { column }) }
    return [{ kind: 'fault', ...place, text: detailOf(error), reason: error.reason, code: badJson }]
  }
  const isList = Array.isArray(value)
  const flow = isList ? value : (value as { callflow?: unknown } | null)?.callflow
  const places = jsonPlaces(text)
  const at = (path: string) => ({ ...placeOf(places, isList ? path.replace(/^callflow/, '') : path), place: path })
  const notes = callflowFaults(flow).map(({ code, path, message }): LintNote => ({
    kind: 'fault',
    ...at(path),
    text: message,
    reason,
    code: String(code),
  }))
  for (const { action, path } of readableActions(flow)) {
    for (const unfit of await unfitIn(verbsOf([action], undefined, false).verbs, means)) {
      const code = errorOf(unfit.refusal.reason)
      notes.push({ ...noteOfUnfit(unfit, code === undefined ? null : String(code)), ...at(path) })
    }
  }
  return inOrder(notes)
}
