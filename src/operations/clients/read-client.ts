import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { readClient } from '#store/clients.ts'
import { registrationsOf } from '#store/registrations.ts'
import { Id, Moment } from '../fields.ts'
import { operation } from '../operation.ts'
import { ClientView, clientView } from './client-view.ts'

type Transport = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'

const RegistrationView = Type.Object({
  transport: Type.Unsafe<Transport>({ type: 'string', enum: ['udp', 'tcp', 'tls', 'ws', 'wss'] }),
  source: Type.String({ description: 'Where its packets come from: `host:port`.' }),
  userAgent: Type.String({ description: 'What the phone calls itself.' }),
  node: Type.String({
    description:
      'The node that it is connected to; phones with the same are at the same one. Its journal names it where others reach it.',
  }),
  registeredAt: Moment('When it registered last.'),
  expiresAt: Moment('Until when.'),
})

export const readClientOperation = operation({
  name: 'clients.read',
  summary: 'Read a client',
  permission: 'clients.read',
  input: Type.Object({ id: Id('client') }, { additionalProperties: false }),
  output: Type.Object({
    ...ClientView.properties,
    registeredUntil: Type.Union([Moment('Until when it is registered, where it is.'), Type.Null()]),
    registrations: Type.Array(RegistrationView, { description: 'Where it can be rung, the one it likes best first.' }),
  }),
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/clients/{id}' },
  async run({ caller, read, clock }, { id }) {
    const row = await readClient(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'client' })
    const now = clock.nowMs()
    const present = (await registrationsOf(read, id)).filter(({ expires_ms: untilMs }) => untilMs > now)
    const registrations = present.map((one) => ({
      transport: one.transport as Transport,
      source: one.source,
      userAgent: one.user_agent,
      node: one.node,
      registeredAt: one.updated_ms,
      expiresAt: one.expires_ms,
    }))
    const untils = present.map(({ expires_ms: untilMs }) => untilMs)
    return { ...clientView(row), registeredUntil: untils.length > 0 ? Math.max(...untils) : null, registrations }
  },
})
