// An answer of a call handle checked without a call: whether it is one at all, which of its commands would be passed over, and which would
// be refused.

import type { LintNote } from '#operations/face-parts.ts'
import { inOrder, noteOfUnfit } from '#operations/lint-note.ts'
import { jsonPlaces, placeOf } from '#protocols/http/json-places.ts'
import { syntaxFault } from '#protocols/http/json-scan.ts'
import { clauseOf, detailOf, Refusal } from '#reasons/refusal.ts'
import { unfitIn, type ScriptMeans } from '#voice/verbs/unfit.ts'
import { readCommands } from './call-commands.ts'
import { resultOf } from './call-events.ts'
import { commandsIn } from './call-script.ts'

/** Stands for the call handle and the number that an answer without a call does not have. */
const nowhere = { page: { url: 'https://application.invalid/', method: 'POST' }, callerId: undefined } as const

export async function lintCommands(text: string, means: ScriptMeans): Promise<readonly LintNote[]> {
  const places = jsonPlaces(text)
  try {
    const { verbs, passedOver } = readCommands(commandsIn(Buffer.from(text)), nowhere)
    const unfit = await unfitIn(verbs, means)
    return inOrder([
      ...passedOver.map(({ index, member, refusal }): LintNote => {
        const path = member === undefined ? `commands[${index}]` : `commands[${index}].${member}`
        const says = `it is passed over: ${clauseOf(refusal)}`
        const code = String(resultOf(refusal).code)
        return { kind: 'fault', ...placeOf(places, path), place: path, text: says, reason: refusal.reason, code }
      }),
      ...unfit.map((one): LintNote => {
        const element = one.at?.element ?? 'commands'
        const path = one.member === undefined ? element : `${element}.${one.member}`
        return { ...noteOfUnfit(one, String(resultOf(one.refusal).code)), ...placeOf(places, path), place: path }
      }),
    ])
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { line, column } = error.reason === 'markup.error' ? syntaxFault(text) : placeOf(places, 'commands')
    return [{ kind: 'fault', line, column, text: detailOf(error), reason: error.reason, code: String(resultOf(error).code) }]
  }
}
