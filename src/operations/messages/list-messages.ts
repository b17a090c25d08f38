import Type from 'typebox'
import { counted } from '#store/counters.ts'
import { countMessages, listMessages } from '#store/messages.ts'
import { Id, Moment, OneOf, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { messageKinds, messageStates, messageView, MessageView } from './message-view.ts'

const anyOf = (words: readonly string[]): string => `,${words.join(',')},`

const Pattern = Type.String({ maxLength: 200, 'x-hidden': true, description: 'With % and _ as wildcards.' })
const sortBys = ['sender', 'recipient', 'direction', 'state', 'text', 'price'] as const
type SortBy = (typeof sortBys)[number]

/** Newest first, unless sorted by something else than their age. */
export const listMessagesOperation = operation({
  name: 'messages.list',
  summary: 'List messages',
  permission: 'messages.read',
  input: PageOf({
    direction: Optional(OneOf(['out', 'in'], 'Sent or received.')),
    kind: Optional(OneOf(messageKinds, 'Kind of message.')),
    kinds: Optional(Type.Array(OneOf(messageKinds, 'A kind.'), { 'x-hidden': true })),
    state: Optional(OneOf(messageStates, 'How far they have come.')),
    states: Optional(Type.Array(OneOf(messageStates, 'A state.'), { 'x-hidden': true })),
    sender: Optional(Type.String({ maxLength: 64, description: 'The sender, exactly.' })),
    senderLike: Optional(Pattern),
    recipientLike: Optional(Pattern),
    text: Optional(Pattern),
    below: Optional(Type.Boolean({ 'x-hidden': true, description: 'Those of accounts below too.' })),
    sortBy: Optional(Type.Unsafe<SortBy>({ type: 'string', enum: sortBys, 'x-hidden': true })),
    descending: Optional(Type.Boolean({ 'x-hidden': true })),
    recipient: Optional(Type.String({ maxLength: 64, description: 'The recipient, exactly.' })),
    number: Optional(Type.String({ maxLength: 64, description: 'Sender or recipient, exactly.' })),
    batch: Optional(Id('messageBatch')),
    clientRef: Optional(Type.String({ maxLength: 350, description: 'The reference they were sent with.' })),
    from: Optional(Moment('Accepted at this moment or later.')),
    until: Optional(Moment('Accepted before this moment.')),
    counted: Optional(Type.Boolean({ 'x-hidden': true, description: 'Tell the total also of a list that is narrowed.' })),
  }),
  output: Page(MessageView),
  reasons: [],
  route: { method: 'GET', path: '/messages' },
  async run({ caller, read, slow }, input) {
    const {
      limit: asked,
      after,
      skip,
      oldestFirst,
      counted: wantsTotal,
      kinds,
      states,
      below,
      sortBy,
      descending = false,
      ...filters
    } = input
    const limit = pageLimit(asked)
    const { id, path } = caller.account
    const where = {
      ...filters,
      ...(kinds && { kinds: anyOf(kinds) }),
      ...(states && { states: anyOf(states) }),
      ...(below && { within: path }),
    }
    const scope = below ? {} : { scope: id }
    const sort = sortBy && { by: sortBy, descending }
    const narrowed = sort !== undefined || Object.values(where).some((value) => value !== undefined)
    // A narrowed list may look at many rows for a few: off the main thread, within its time.
    const reader = narrowed ? slow : read
    const rows = await listMessages(reader, { ...scope, after, skip, oldestFirst, limit: limit + 1, where, sort })
    const total = narrowed
      ? wantsTotal
        ? await countMessages(slow, { ...scope, where })
        : undefined
      : await counted(read, id, 'messages')
    return pageFrom(rows, limit, messageView, total) as never
  },
})
