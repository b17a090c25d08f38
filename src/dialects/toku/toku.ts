// This vendor's dialect, as the house takes it in: what its keys look like, its face, and what a first start gives to its clients.

import type { Dialect } from '#operations/face-parts.ts'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import { sipReasonsOf } from '#operations/sip-reason.ts'
import { randomToken } from '#values/secrets.ts'
import { codes } from './codes.ts'
import { tokuScriptForm } from './call-script.ts'
import { prefix, tokuFace } from './face.ts'
import { TokuIds } from './ids.ts'
import { lintCommands } from './lint-commands.ts'
import { tokuWebhookForm } from './webhook-form.ts'

export const toku: Dialect = {
  sipReason: sipReasonsOf(codes, 'Toku'),
  /** Consumer key and consumer secret. */
  form: {
    face: 'toku',
    make: () => ({ publicId: randomToken(28), secret: randomToken(28) }),
    sealed: false,
  },
  open: tokuFace,
  webhookForm: tokuWebhookForm,
  scriptForm: ({ store, key }) => tokuScriptForm({ read: store, ids: new TokuIds(key) }),
  lintScript: lintCommands,
  tellsCalls: true,
  tellsRecordings: true,
  async firstCredentials(parts, { userId, login, password }) {
    const caller = await parts.identity.byUserId('toku', userId)
    if (!caller) throw new Error('a user made at the first start is gone')
    const { publicId, secret } = await parts.run(createKeyOperation, caller, { face: 'toku', name: 'first start' })
    const baseUrl = `${parts.settings.publicUrl()}${prefix}`
    return {
      baseUrl,
      tokenUrl: `${baseUrl}/token`,
      username: login,
      password,
      consumerKey: publicId,
      consumerSecret: secret!,
      userId: new TokuIds(parts.key).show('user', userId),
    }
  },
}
