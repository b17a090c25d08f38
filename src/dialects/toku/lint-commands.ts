// An answer of a call handle checked without a call: whether it is one at all, and which of its commands would be passed over.

import type { LintNote } from '#operations/face-parts.ts'
import { detailOf, Refusal } from '#reasons/refusal.ts'
import { readCommands } from './call-commands.ts'
import { resultOf } from './call-events.ts'
import { commandsIn } from './call-script.ts'

/** Stands for the call handle and the number that an answer without a call does not have. */
const nowhere = { page: { url: 'https://application.invalid/', method: 'POST' }, callerId: undefined } as const

export async function lintCommands(text: string): Promise<readonly LintNote[]> {
  try {
    const { warnings } = readCommands(commandsIn(Buffer.from(text)), nowhere)
    return warnings.map(({ text: says }) => ({ kind: 'warning', text: says }))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return [{ kind: 'fault', text: detailOf(error), code: String(resultOf(error).code) }]
  }
}
