import Type from 'typebox'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { changeableKey, keyOfAccount } from './key-of-account.ts'
import { keyView, KeyView } from './key-view.ts'

export const readKeyOperation = operation({
  name: 'keys.read',
  summary: 'Read a key, without its secret',
  permission: 'keys.read',
  input: Type.Object({ id: Id('key') }, { additionalProperties: false }),
  output: KeyView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/keys/{id}' },
  async run({ caller, read }, { id }) {
    return keyView(await keyOfAccount(read, caller, id))
  },
})

/** For faces that show a secret by design, such as an account's auth token. */
export const revealKeyOperation = operation({
  name: 'keys.reveal',
  summary: 'Read a key with its secret, where its face keeps it to be shown',
  permission: 'keys.write',
  input: Type.Object({ id: Id('key') }, { additionalProperties: false }),
  output: KeyView,
  reasons: ['resource.not_found', 'permission.denied'],
  route: { method: 'POST', path: '/keys/{id}/reveal' },
  async run({ caller, read, key }, { id }) {
    const row = await changeableKey(read, caller, id)
    return keyView(row, row.secret_sealed === null ? undefined : key.open(row.secret_sealed))
  },
})
