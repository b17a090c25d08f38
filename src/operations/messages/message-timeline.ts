// All that happened to a message, in order: what was asked, what the platform did, what went over the wire, and who was told.

import Type, { type Static } from 'typebox'
import { decode } from '#protocols/smpp/codec.ts'
import { viewPdu } from '#protocols/smpp/pdu-view.ts'
import { evidenceOf, type EvidenceRecord } from '#store/evidence.ts'
import { happeningsOf, type Happening } from '#store/happenings.ts'
import type { MessageRow } from '#store/messages.ts'
import { textFrom } from '#values/text-from.ts'
import { readHeader } from '#values/user-data-header.ts'
import { Id, OneOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { entriesAtMost, entryFields, happeningEntry, partKept, toldOf } from '../timeline-entry.ts'
import { messageView } from './message-view.ts'
import { requireMessage } from './read-message.ts'

const Entry = Type.Object({
  ...entryFields,
  what: OneOf(
    ['request', 'happening', 'wire', 'webhook'],
    'What was asked for, a step of its life, bytes to or from the network, or somebody who was told.',
  ),
  kind: Type.String({
    description: 'sms, flash or mms; created, sent, delivered ...; the name of the PDU; the event of the webhook.',
  }),
})

type EntryValue = Static<typeof Entry>

/** SMPP 3.4 5.2.12: the text begins with a header. */
const udhIndicator = 0x40

/** What was asked for, apart from the text. */
function requestEntry(row: MessageRow, made: Happening | undefined): EntryValue {
  const { kind, from, to, priority, reference, batchId, createdAt: at } = messageView(row)
  const actor = made ? (JSON.parse(made.actor) as Record<string, unknown>) : null
  const report = row.report === 1 ? 'wanted' : 'none'
  return {
    at,
    what: 'request',
    kind,
    actor,
    data: { from, to, priority, report, deadlineMs: row.deadline_ms, reference, batchId },
  }
}

/** Field by field, and the text as people read it beside the octets that it travelled as. */
function pduShown(pdu: ReturnType<typeof decode>): Record<string, unknown> {
  const shown = { ...viewPdu(pdu) }
  if (pdu.command !== 'submit_sm' && pdu.command !== 'deliver_sm') return shown
  const octets = pdu.tlvs.message_payload ?? pdu.short_message
  const hasHeader = (pdu.esm_class & udhIndicator) !== 0
  const header = hasHeader ? readHeader(octets) : undefined
  const { text } = textFrom(header ? octets.subarray(header.octets) : octets, pdu.data_coding, header)
  return { ...shown, text }
}

function wireEntry({ atMs, direction, protocol, bytes }: EvidenceRecord): EntryValue {
  const octets = Buffer.from(bytes)
  const decoded = protocol === 'smpp' ? pduShown(decode(octets)) : { command: protocol, text: octets.toString() }
  const data = { direction, protocol, hex: octets.toString('hex'), decoded }
  return { at: atMs, what: 'wire', kind: String(decoded['command']), actor: null, data }
}

export const messageTimelineOperation = operation({
  name: 'messages.timeline',
  summary: "Read a message's timeline: every decision, PDU, receipt and webhook",
  permission: 'messages.read',
  input: Type.Object({ id: Id('message') }, { additionalProperties: false }),
  output: Type.Object({ items: Type.Array(Entry) }),
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/messages/{id}/timeline' },
  async run(means, { id }) {
    const row = await requireMessage(means, id)
    const happenings = await happeningsOf(means.read, 'messages', id, entriesAtMost)
    // The wire is searched around each moment at which something happened to the message.
    const moments = [...new Set([row.created_ms, ...happenings.map(({ at_ms }) => at_ms)])]
    const { leading, following } = partKept(await evidenceOf(means.notes, id, moments))
    // Whoever sent from the network asked nothing of us: that is on the wire.
    const asked =
      row.direction === 'out'
        ? [
            requestEntry(
              row,
              happenings.find(({ kind }) => kind === 'created'),
            ),
          ]
        : []
    const items = [
      ...asked,
      ...leading.map(wireEntry),
      ...happenings.map(happeningEntry),
      ...following.map(wireEntry),
      ...(await toldOf(means, 'messages', id)),
    ]
    return { items: items.toSorted((a, b) => a.at - b.at).slice(0, entriesAtMost) }
  },
})
