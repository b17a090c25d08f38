// What the check of a script tells of values that a call would refuse, alike for every face. The face knows its code and where things stand.

import { catalogue } from '#reasons/catalogue.ts'
import { clauseOf } from '#reasons/refusal.ts'
import type { Unfit } from '#voice/verbs/unfit.ts'
import type { LintNote } from './face-parts.ts'

/** What is for the operator to change, such as a provider that is not configured, is a warning: the script is good elsewhere. */
export function noteOfUnfit({ refusal, expected }: Unfit, code: string | null): LintNote {
  const { reason } = refusal
  const isTheirs = ['application', 'caller'].includes(catalogue[reason].fault)
  return {
    kind: isTheirs ? 'fault' : 'warning',
    text: clauseOf(refusal),
    reason,
    ...(expected !== undefined && { expected }),
    ...(code !== null && { code }),
  }
}

/** By line and column; what has none comes first. */
export const inOrder = (notes: readonly LintNote[]): readonly LintNote[] =>
  notes.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
