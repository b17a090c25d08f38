import Type from 'typebox'
import { counted } from '#store/counters.ts'
import { countRecordings, listRecordings } from '#store/recordings.ts'
import { Id, OneOf, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { recordingView, RecordingView } from './recording-view.ts'

const sortBys = ['duration', 'call'] as const
type SortBy = (typeof sortBys)[number]

/** Those that have a sound, or will: what was deleted, or never had any, is shown when it is asked for by its state. */
export const listRecordingsOperation = operation({
  name: 'recordings.list',
  summary: 'List recordings of calls and conferences',
  permission: 'recordings.read',
  input: PageOf({
    callId: Optional(Id('call', 'Of this call.')),
    sessionId: Optional(Id('call', 'Of all calls of the session that began with this one.')),
    conferenceId: Optional(Id('conference', 'Of this conference.')),
    state: Optional(OneOf(['recording', 'ready', 'absent', 'failed', 'deleted'], 'How it is.')),
    source: Optional(OneOf(['call', 'dial', 'conference', 'api', 'voicemail'], 'What asked for it.')),
    since: Optional(Type.Integer({ 'x-moment': true, description: 'Begun at this moment or later.' })),
    until: Optional(Type.Integer({ 'x-moment': true, description: 'Begun before this moment.' })),
    below: Optional(Type.Boolean({ 'x-hidden': true, description: 'Those of accounts below too.' })),
    sortBy: Optional(Type.Unsafe<SortBy>({ type: 'string', enum: sortBys, 'x-hidden': true })),
    descending: Optional(Type.Boolean({ 'x-hidden': true })),
    counted: Optional(Type.Boolean({ 'x-hidden': true, description: 'Tell the total also of a list that is narrowed.' })),
  }),
  output: Page(RecordingView),
  reasons: [],
  route: { method: 'GET', path: '/recordings' },
  async run({ caller, read, slow, voice }, input) {
    const { limit: asked, after, skip, oldestFirst, below, sortBy, descending = false, counted: wantsTotal, ...filters } = input
    const limit = pageLimit(asked)
    const { id, path } = caller.account
    const { callId: call, sessionId: session, conferenceId: conference, state, ...others } = filters
    const kept = state === undefined ? { kept: 1 } : { state }
    const where = { call, session, conference, ...others, ...kept, ...(below && { within: path }) }
    const scope = below ? {} : { scope: id }
    const sort = sortBy && { by: sortBy, descending }
    const narrowed = below || sort !== undefined || Object.keys(filters).length > 0
    const reader = narrowed ? slow : read
    const rows = await listRecordings(reader, { ...scope, after, skip, oldestFirst, limit: limit + 1, where, sort })
    const whole = narrowed ? undefined : await counted(read, id, 'recordings')
    const total = wantsTotal ? await countRecordings(slow, { ...scope, where }) : whole
    return pageFrom(rows, limit, (row) => recordingView(row, voice.recordings), total)
  },
})
