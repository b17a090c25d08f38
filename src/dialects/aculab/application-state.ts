// The states of starts and applications as this vendor's clients know them, from the call that an application runs on: reference section 7,
// and the return codes of section 8.7. Codes from -1 to -104 are the system's; which one says what is ours, as no source lists them.

import type { Static } from 'typebox'
import type { CallView } from '#operations/calls/call-view.ts'
import { catalogue, type Slug } from '#reasons/catalogue.ts'

export type CallSeen = Static<typeof CallView>

type Ended = Pick<CallSeen, 'reason'>

const systemCodes: readonly (readonly [RegExp, number])[] = [
  [/^application\.settings_invalid$/, -1],
  [/^webhook\./, -2],
  [/^markup\./, -3],
  [/^platform\.not_implemented$/, -4],
  [/^(?:play|tts|speech|recording|file|conference)\./, -5],
  [/^(?:credit|account)\./, -6],
  [/^platform\./, -10],
]

/** 0 or more: no failure. A call that its parties ended is none, however soon. */
export function returnCodeOf({ reason }: Ended): number {
  if (!reason) return 0
  const slug = reason.slug as Slug
  if (slug === 'application.run_failed') return Number(reason.params['status'] ?? -105)
  if (catalogue[slug].class === 'OK') return 0
  return systemCodes.find(([form]) => form.test(slug))?.[1] ?? 0
}

const isCancelled = ({ reason, answeredAt }: CallSeen): boolean =>
  answeredAt === null && reason?.slug === ('call.canceled_by_request' satisfies Slug)

export function startStateOf(call: CallSeen): { readonly status: string; readonly detail?: number | string } {
  if (!call.final) return { status: call.answeredAt === null ? 'queued' : 'running' }
  if (call.answeredAt !== null) return { status: 'completed', detail: returnCodeOf(call) }
  if (isCancelled(call)) return { status: 'cancelled' }
  return { status: 'could_not_run', detail: call.reason?.detail ?? call.state }
}

export function appStateOf(call: CallSeen): { readonly status: string; readonly return_code?: number; readonly detail?: string } {
  if (!call.final) return { status: call.direction === 'out' && call.answeredAt === null ? 'queued' : 'running' }
  const { status, detail } = startStateOf(call)
  // What came in and was not answered has run: it turned the caller away, or failed.
  if (status === 'completed' || call.direction === 'in') return { status: 'completed', return_code: returnCodeOf(call) }
  return { status, ...(typeof detail === 'string' && { detail }) }
}
