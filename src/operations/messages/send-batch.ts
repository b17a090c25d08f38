import Type, { type Static } from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import type { Admitted } from '#messaging/admit-message.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { catalogue } from '#reasons/catalogue.ts'
import { detailOf, Refusal, refuseAll } from '#reasons/refusal.ts'
import { acceptBatch, type Accepted } from '#store/accept-messages.ts'
import { threadOf } from '#store/mailbox.ts'
import type { MessageBatchRow } from '#store/messages.ts'
import { Id, Moment, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { messageView, MessageView } from './message-view.ts'
import { refuseNotAccepted, SendInput, sendReasons, wishOf } from './send-input.ts'

export const BatchView = Type.Object({
  id: Id('messageBatch'),
  reference: Type.String(),
  accepted: Type.Integer(),
  rejected: Type.Integer(),
  createdAt: Moment('When it was accepted.'),
})

export const batchView = (row: MessageBatchRow): Static<typeof BatchView> => ({
  id: row.id,
  reference: row.client_ref,
  accepted: row.accepted,
  rejected: row.rejected,
  createdAt: row.created_ms,
})

const RefusedView = Type.Object({
  slug: Type.String(),
  title: Type.String(),
  detail: Type.String(),
  retry: Type.String(),
  params: Type.Record(Type.String(), Type.Unknown()),
})

const Item = Type.Object({
  message: Type.Union([MessageView, Type.Null()]),
  refused: Type.Union([RefusedView, Type.Null()]),
})

/** A refusal as one item of a batch tells it. */
interface Refused {
  readonly slug: Slug
  readonly params: Readonly<Record<string, unknown>>
}

interface Outcome {
  readonly batch: MessageBatchRow
  readonly messages: readonly (Accepted | null)[]
  readonly refused: readonly (Refused | null)[]
  readonly senders: readonly string[]
}

function refusedBy(accepted: Accepted, sender: string): Refused {
  try {
    return refuseNotAccepted(accepted.refused!, sender)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { slug: error.reason, params: error.params }
  }
}

function shown(_: Means, { batch, messages, refused, senders }: Outcome) {
  const items = messages.map((accepted, at) => {
    const why = refused[at] ?? (accepted && !accepted.row ? refusedBy(accepted, senders[at] ?? '') : null)
    return { message: accepted?.row ? messageView(accepted.row) : null, refused: why && refusedView(why) }
  })
  return { batch: batchView(batch), items }
}

function refusedView({ slug, params }: Refused): Static<typeof RefusedView> {
  const { title, retry } = catalogue[slug]
  return { slug, title, detail: detailOf(new Refusal(slug, params as never)), retry, params }
}

/**
 * Each message for itself: those that are refused say why, the others go. `asGroup`: they are one message to their sender,
 * which goes to all or to nobody and has one place in the sender's mailbox.
 */
export const sendBatchOperation = operation({
  name: 'messages.send_batch',
  summary: 'Send many messages at once',
  permission: 'messages.write',
  input: Type.Object(
    {
      messages: Type.Array(SendInput, { minItems: 1, maxItems: 10_000, description: 'At most 10,000.' }),
      reference: Optional(Type.String({ maxLength: 200, description: 'Your own name for the batch.' })),
      asGroup: Optional(Type.Boolean({ 'x-hidden': true })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ batch: BatchView, items: Type.Array(Item) }),
  reasons: sendReasons,
  creates: true,
  route: { method: 'POST', path: '/message-batches', status: 201 },
  async run(means, { messages, reference = '', asGroup = false }) {
    const { caller, nextId, clock, messaging } = means
    const id = nextId()
    const admitted: (Admitted | Refused)[] = []
    for (const input of messages) admitted.push(await admit(means, input, id))
    const rows = admitted.map((one) => ('row' in one ? one : null))
    if (asGroup) makeGroup(id, caller.account.id, admitted, rows)
    const refused = admitted.map((one) => ('slug' in one ? one : null))
    const done = await means.write(
      acceptBatch,
      {
        id,
        account: caller.account.id,
        clientRef: reference,
        messages: rows.map((one) => one && { ...one, failed: undefined }),
        actor: actorOf(caller),
        now: clock.nowMs(),
      },
      { refused, senders: rows.map((one) => one?.row.sender ?? '') },
    )
    if (!means.replayed()) messaging.accepted(done.messages.flatMap((one) => (one?.row ? [one.row] : [])))
    return shown(means, done)
  },
  shown,
})

/** What only the write can see, a full queue or too little credit, ends the one message that it meets as failed. */
function makeGroup(id: number, account: number, admitted: readonly (Admitted | Refused)[], rows: (Admitted | null)[]): void {
  const faults = admitted.flatMap((one) => ('slug' in one ? [new Refusal(one.slug, one.params as never)] : []))
  if (faults.length > 0) refuseAll(faults)
  const whole = rows.map((one) => one!)
  const thread = threadOf(account, [whole[0]!.row.sender, ...whole.map(({ row }) => row.recipient)])
  for (const [at, { filing, ...one }] of whole.entries()) {
    rows[at] = { ...one, keepFailed: true, ...(at === 0 && filing && { filing: { ...filing, thread, batchId: id } }) }
  }
}

async function admit(means: Means, input: Static<typeof SendInput>, batchId: number): Promise<Admitted | Refused> {
  try {
    return await means.messaging.admission.admit(means.caller, await wishOf(means, input, batchId))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { slug: error.reason, params: error.params }
  }
}
