// Which phones may call a toll-free number: chosen by its owner, within what its place permits.

import { refuse } from '#reasons/refusal.ts'
import { callerTypes, type CallerType } from './number-rules.ts'

export type AllowedCallers = Readonly<Record<CallerType, boolean>>
export type CallersAsked = Readonly<Partial<Record<CallerType, boolean | undefined>>>

/**
 * What is not said is allowed where it may be. Gives number.tollfree_no_caller_type when nobody could call, and
 * number.tollfree_caller_type_barred for a kind of phone that cannot reach numbers of that area.
 */
export function allowedCallers(asked: CallersAsked, barred: readonly CallerType[], area: string): AllowedCallers {
  const callerType = callerTypes.find((type) => asked[type] === true && barred.includes(type))
  if (callerType !== undefined) refuse('number.tollfree_caller_type_barred', { callerType, area })
  const allowed = Object.fromEntries(callerTypes.map((type) => [type, asked[type] ?? !barred.includes(type)])) as AllowedCallers
  if (!callerTypes.some((type) => allowed[type])) refuse('number.tollfree_no_caller_type')
  return allowed
}
