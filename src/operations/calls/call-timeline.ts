// All that happened to a call, in order: what was asked, what was decided and why, each SIP message, the pages of its script, what was
// heard of its media, and who was told. With it, for each leg, how it ended and whose fault that was.

import Type, { type Static } from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { readCall, readSession, type CallRow } from '#store/calls.ts'
import { evidenceOf, type EvidenceRecord } from '#store/evidence.ts'
import { happeningsOf, type Happening } from '#store/happenings.ts'
import { detailOfCall } from '#voice/call-view.ts'
import type { PageTrace, ScriptTraces, VerbTrace } from '#voice/script-log.ts'
import { Id, OneOf, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { entriesAtMost, entryFields, happeningEntry, partKept, toldOf } from '../timeline-entry.ts'
import { callView, CallView } from './call-view.ts'

const Entry = Type.Object({
  ...entryFields,
  callId: Id('call', 'Of the leg that it is of.'),
  what: OneOf(
    ['request', 'happening', 'step', 'page', 'verb', 'wire', 'webhook'],
    'What was asked for, a step of its life, a decision or event on the way, a page of its script, what its script did, a SIP message, or somebody who was told.',
  ),
  kind: Type.String({
    description:
      'in or out; created, ringing, answered ...; route.taken, gateway.failed, media.silent ...; GET or POST; say, gather, dial, dial.tried ...; INVITE, or 486 INVITE; the event of the webhook.',
  }),
})

type EntryValue = Static<typeof Entry>

function requestEntry(row: CallRow, made: Happening | undefined): Omit<EntryValue, 'callId'> {
  const { direction, origin, from, fromName, to, forwardedFrom, reference, createdAt: at } = callView(row)
  const { source, raw, identity } = detailOfCall(row)
  return {
    at,
    what: 'request',
    kind: direction,
    actor: made ? (JSON.parse(made.actor) as Record<string, unknown>) : null,
    data: { origin, from, fromName, to, forwardedFrom, reference, source, raw, identity },
  }
}

const pageEntry = ({ url, method, atMs, status, tookMs, tries }: PageTrace, otherwise: number): Omit<EntryValue, 'callId'> => ({
  at: atMs ?? otherwise,
  what: 'page',
  kind: method,
  actor: null,
  data: { url, status, tookMs, tries },
})

/** What a verb did stands where it began, with how long it took (null: it goes on) and how it ended; what happened on its way, at its own time. */
function verbEntries({
  verb,
  at,
  tag,
  fromMs,
  tookMs,
  how,
  by,
  reason,
  params,
  data,
  events = [],
}: VerbTrace): Omit<EntryValue, 'callId'>[] {
  const shared = { what: 'verb', actor: null } as const
  const ended = { tookMs: tookMs ?? null, how: how ?? null, ...(by && { by }), ...(reason !== undefined && { reason, params }) }
  const place = { ...at, ...(tag !== undefined && { tag }) }
  return [
    { ...shared, at: fromMs, kind: verb, data: { ...ended, ...place, ...data } },
    ...events.map((event) => ({ ...shared, at: event.atMs, kind: event.what, data: event.data })),
  ]
}

interface Leg {
  readonly row: CallRow
  readonly done: Pick<ScriptTraces, 'verbs' | 'more'>
}

/** Of a call that is up on this node what it did so far; else as its record has it. */
async function legOf({ read, voice }: Means, row: CallRow): Promise<Leg> {
  const traces = row.ended_ms === null ? voice.calls?.tracesOf(row.id) : undefined
  if (traces) return { row, done: traces }
  // Its end may have been committed since the row was read.
  const now = row.ended_ms === null ? ((await readCall(read, row.account_id, row.id)) ?? row) : row
  const { verbs = [], moreVerbs: more = 0 } = detailOfCall(now)
  return { row: now, done: { verbs, more } }
}

function evidenceEntry({ atMs, direction, protocol, bytes }: EvidenceRecord): Omit<EntryValue, 'callId'> {
  const text = Buffer.from(bytes).toString()
  if (protocol === 'step') {
    const { what, data } = JSON.parse(text) as { what: string; data: Record<string, unknown> }
    return { at: atMs, what: 'step', kind: what, actor: null, data }
  }
  return { at: atMs, what: 'wire', kind: kindOf(text), actor: null, data: { direction, protocol, text } }
}

/** The method of a request; the status of a response with the method that it answers. */
function kindOf(text: string): string {
  const line = /^[^\r\n]*/.exec(text)![0]
  const status = /^SIP\/2\.0 (\d{3})/.exec(line)?.[1]
  if (status === undefined) return line.split(' ', 1)[0]!
  return `${status} ${/^CSeq[ \t]*:[ \t]*\d+[ \t]+(\S+)/im.exec(text)?.[1] ?? ''}`.trim()
}

/** The wire of a call is looked at as a whole where it was short, else around what happened to it. */
const wholeAtMostMs = 300_000
const stepMs = 2_000
/** What is on its way when it ends: BYE and its answer. */
const lastMs = 2_000

function momentsOf(row: CallRow, happenings: readonly Happening[], nowMs: number): number[] {
  const from = row.created_ms
  const to = (row.ended_ms ?? nowMs) + lastMs
  const moments = [from, to, ...happenings.map(({ at_ms }) => at_ms)]
  if (to - from <= wholeAtMostMs) for (let at = from; at < to; at += stepMs) moments.push(at)
  return moments
}

async function legEntries(means: Means, { row, done }: Leg): Promise<EntryValue[]> {
  const { read, notes, clock } = means
  const { id: callId } = row
  const happenings = await happeningsOf(read, 'calls', callId, entriesAtMost)
  const { leading, following } = partKept(await evidenceOf(notes, callId, momentsOf(row, happenings, clock.nowMs())))
  const made = happenings.find(({ kind }) => kind === 'created')
  const { pages = [] } = detailOfCall(row)
  const { verbs, more } = done
  const last = row.ended_ms ?? clock.nowMs()
  const entries: Omit<EntryValue, 'callId'>[] = [
    requestEntry(row, made),
    ...leading.map(evidenceEntry),
    ...happenings.map(happeningEntry),
    ...pages.map((page) => pageEntry(page, row.ended_ms ?? row.created_ms)),
    ...verbs.flatMap(verbEntries),
    ...(more > 0 ? [{ at: last, what: 'verb' as const, kind: 'left_out', actor: null, data: { count: more } }] : []),
    ...following.map(evidenceEntry),
    ...(await toldOf(means, 'calls', callId)),
  ]
  return entries.map((entry) => ({ ...entry, callId }))
}

export const callTimelineOperation = operation({
  name: 'calls.timeline',
  summary: "Read a call's timeline: every decision, SIP message, page, verb, media event and webhook",
  permission: 'calls.read',
  input: Type.Object(
    {
      id: Id('call'),
      session: Optional(Type.Boolean({ description: 'All legs of its session in one.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    items: Type.Array(Entry),
    legs: Type.Array(CallView, {
      description: 'How each leg went: its reason with whose fault it is, and the verdict on its media.',
    }),
  }),
  reasons: ['call.record_not_found'],
  route: { method: 'GET', path: '/calls/{id}/timeline' },
  async run(means, { id, session = false }) {
    const account = means.caller.account.id
    const row = (await readCall(means.read, account, id)) ?? refuse('call.record_not_found', {})
    const all = session ? await readSession(means.read, row.session_id) : [row]
    const legs = await Promise.all(all.filter((leg) => leg.account_id === account).map((leg) => legOf(means, leg)))
    const items: EntryValue[] = []
    for (const leg of legs) items.push(...(await legEntries(means, leg)))
    return { items: items.toSorted((a, b) => a.at - b.at).slice(0, entriesAtMost), legs: legs.map((leg) => callView(leg.row)) }
  },
})
