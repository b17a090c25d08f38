import Type, { type Static } from 'typebox'
import { listRegistrations, type RegistrationRow } from '#store/registrations.ts'
import { Id, Moment, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'

const RegistrationView = Type.Object({
  id: Id('registration'),
  clientId: Id('client'),
  transport: Type.String({ description: 'udp, tcp, tls, ws or wss.' }),
  userAgent: Type.String(),
  node: Type.String({ description: 'The node that the phone is connected to.' }),
  expiresAt: Moment('Until when, unless it is renewed.'),
  createdAt: Moment('When the phone first registered so.'),
  updatedAt: Moment('When it last did.'),
})

const registrationView = (row: RegistrationRow): Static<typeof RegistrationView> => ({
  id: row.id,
  clientId: row.client_id,
  transport: row.transport,
  userAgent: row.user_agent,
  node: row.node,
  expiresAt: row.expires_ms,
  createdAt: row.created_ms,
  updatedAt: row.updated_ms,
})

export const listRegistrationsOperation = operation({
  name: 'clients.list_registrations',
  summary: 'List where clients are registered now',
  permission: 'clients.read',
  input: PageOf({}),
  output: Page(RegistrationView),
  reasons: [],
  route: { method: 'GET', path: '/registrations' },
  async run({ caller, read, clock }, { limit: asked, after, skip, oldestFirst }) {
    const limit = pageLimit(asked)
    const where = { until: clock.nowMs() + 1 }
    const rows = await listRegistrations(read, { scope: caller.account.id, after, skip, oldestFirst, limit: limit + 1, where })
    return pageFrom(rows, limit, registrationView)
  },
})
