import Type from 'typebox'
import { counted } from '#store/counters.ts'
import { listRecordings } from '#store/recordings.ts'
import { Id, OneOf, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { recordingView, RecordingView } from './recording-view.ts'

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
    source: Optional(OneOf(['call', 'dial', 'conference', 'api'], 'What asked for it.')),
    since: Optional(Type.Integer({ 'x-moment': true, description: 'Begun at this moment or later.' })),
    until: Optional(Type.Integer({ 'x-moment': true, description: 'Begun before this moment.' })),
  }),
  output: Page(RecordingView),
  reasons: [],
  route: { method: 'GET', path: '/recordings' },
  async run({ caller, read, voice }, { limit: asked, after, skip, oldestFirst, ...filters }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const { callId: call, sessionId: session, conferenceId: conference, state, ...others } = filters
    const where = { call, session, conference, ...others, ...(state === undefined ? { kept: 1 } : { state }) }
    const rows = await listRecordings(read, { scope, after, skip, oldestFirst, limit: limit + 1, where })
    const total = Object.keys(filters).length === 0 ? await counted(read, scope, 'recordings') : undefined
    return pageFrom(rows, limit, (row) => recordingView(row, voice.recordings), total)
  },
})
