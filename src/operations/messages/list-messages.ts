import Type from 'typebox'
import { countMessages, listMessages } from '#store/messages.ts'
import { accountList, anyOf } from '../account-list.ts'
import { Id, Moment, OneOf, Optional, Page, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { messageKinds, messageStates, messageView, MessageView } from './message-view.ts'

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
  async run(means, { limit, after, skip, oldestFirst, counted, below, sortBy, descending, kinds, states, ...filters }) {
    const where = { ...filters, ...(kinds && { kinds: anyOf(kinds) }), ...(states && { states: anyOf(states) }) }
    const asked = { limit, after, skip, oldestFirst, counted, below, sortBy, descending }
    return accountList(means, asked, where, {
      noun: 'messages',
      list: listMessages,
      count: countMessages,
      view: messageView,
    }) as never
  },
})
