// A callflow checked without a call: the body of a request, the reply of a hook, or the list alone. JSON has no lines of its own here: each
// note names the member.

import type { LintNote } from '#operations/face-parts.ts'
import { parseJson } from '#protocols/http/json-strict.ts'
import { detailOf, Refusal } from '#reasons/refusal.ts'
import { callflowFaults } from './callflow.ts'

const badJson = '-1001'

export async function lintCallflow(text: string): Promise<readonly LintNote[]> {
  let value: unknown
  try {
    value = parseJson(Buffer.from(text))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return [{ kind: 'fault', text: detailOf(error), code: badJson }]
  }
  const flow = Array.isArray(value) ? value : (value as { callflow?: unknown } | null)?.callflow
  return callflowFaults(flow).map(({ code, path, message }) => ({
    kind: 'fault',
    text: `${path}: ${message}`,
    code: String(code),
  }))
}
