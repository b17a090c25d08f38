import Type from 'typebox'
import { countCalls, listCalls } from '#store/calls.ts'
import { accountList, anyOf } from '../account-list.ts'
import { Id, Moment, OneOf, Optional, Page, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { callStates, callView, CallView } from './call-view.ts'

const Pattern = Type.String({ maxLength: 200, 'x-hidden': true, description: 'With % and _ as wildcards.' })
const sortBys = ['from', 'to', 'direction', 'state', 'duration', 'price', 'started'] as const
type SortBy = (typeof sortBys)[number]

/** Newest first, unless sorted by something else than their age. */
export const listCallsOperation = operation({
  name: 'calls.list',
  summary: 'List calls',
  permission: 'calls.read',
  input: PageOf({
    direction: Optional(OneOf(['out', 'in'], 'Placed or received.')),
    seenAs: Optional(Type.Unsafe<'in' | 'out'>({ type: 'string', enum: ['in', 'out'], 'x-hidden': true })),
    state: Optional(OneOf(callStates, 'How far they have come.')),
    states: Optional(Type.Array(OneOf(callStates, 'A state.'), { 'x-hidden': true })),
    up: Optional(Type.Boolean({ description: 'Only those that are up, or only those that have ended.' })),
    from: Optional(Type.String({ maxLength: 512, description: 'Who called, exactly.' })),
    fromLike: Optional(Pattern),
    to: Optional(Type.String({ maxLength: 512, description: 'Who was called, exactly.' })),
    toLike: Optional(Pattern),
    party: Optional(Type.String({ maxLength: 512, description: 'Either of them, exactly.' })),
    sessionId: Optional(Id('call')),
    parentId: Optional(Id('call')),
    numberId: Optional(Id('number')),
    clientId: Optional(Id('client')),
    conferenceId: Optional(Id('conference')),
    userId: Optional(Id('user', 'Of this user.')),
    hidden: Optional(Type.Boolean({ description: 'Only what its user has deleted from their own log, or only the rest.' })),
    first: Optional(Type.Literal(true, { 'x-hidden': true, description: 'Only the leg with which each session began.' })),
    ofPhone: Optional(Type.Boolean({ 'x-hidden': true })),
    recorded: Optional(
      Type.Unsafe<'any' | 'api' | 'script'>({ type: 'string', enum: ['any', 'api', 'script'], 'x-hidden': true }),
    ),
    reference: Optional(Type.String({ maxLength: 350, description: 'The reference they were placed with.' })),
    since: Optional(Moment('Came in or placed at this moment or later.')),
    until: Optional(Moment('Came in or placed before this moment.')),
    startedSince: Optional(Moment('Answered at this moment or later.')),
    startedUntil: Optional(Moment('Answered before this moment.')),
    endedSince: Optional(Moment('Ended at this moment or later.')),
    endedUntil: Optional(Moment('Ended before this moment.')),
    below: Optional(Type.Boolean({ 'x-hidden': true, description: 'Those of accounts below too.' })),
    sortBy: Optional(Type.Unsafe<SortBy>({ type: 'string', enum: sortBys, 'x-hidden': true })),
    descending: Optional(Type.Boolean({ 'x-hidden': true })),
    counted: Optional(Type.Boolean({ 'x-hidden': true, description: 'Tell the total also of a list that is narrowed.' })),
  }),
  output: Page(CallView),
  reasons: [],
  route: { method: 'GET', path: '/calls' },
  async run(means, { limit, after, skip, oldestFirst, counted, below, sortBy, descending, states, ...rest }) {
    const { up, sessionId, parentId, numberId, clientId, conferenceId, userId, hidden, ofPhone, reference, ...filters } = rest
    const where = {
      ...filters,
      session: sessionId,
      parent: parentId,
      numberId,
      client: clientId,
      conference: conferenceId,
      user: userId,
      ...(ofPhone !== undefined && { ofPhone: Number(ofPhone) }),
      ...(hidden !== undefined && { hidden: Number(hidden) }),
      clientRef: reference,
      ...(up !== undefined && { open: Number(up) }),
      ...(states && { states: anyOf(states) }),
    }
    const asked = { limit, after, skip, oldestFirst, counted, below, sortBy, descending }
    return accountList(means, asked, where, { noun: 'calls', list: listCalls, count: countCalls, view: callView })
  },
})
