// This vendor's dialect, as the house takes it in: what its keys look like, its face, and what a first start gives to its clients.

import { AccountsKnown } from '#accounts/accounts-known.ts'
import type { Dialect } from '#operations/face-parts.ts'
import { sipReasonsOf } from '#operations/sip-reason.ts'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import { setAlias } from '#store/aliases.ts'
import { BlockIds } from '#values/ids.ts'
import { randomHex, randomToken } from '#values/secrets.ts'
import { prefixes, restcommFace } from './face.ts'
import { restcommScriptForm } from './call-script.ts'
import { codes } from './codes.ts'
import { lintRcml } from './lint-rcml.ts'
import { faceName, md5, sidOfEmail, Sids } from './ids.ts'
import { restcommWebhookForm } from './webhook-form.ts'

export const restcomm: Dialect = {
  /**
   * A key of no user is the account's own: its sid and auth token. A user's is an access key, shown once, of which two may
   * be had, so that one can be put in the other's place (reference 6).
   */
  form: {
    face: faceName,
    make({ account, userId, id }, key) {
      const sid = (prefix: string, of: number) => prefix + new BlockIds(key, faceName).hex(prefix, of)
      if (userId === null) return { publicId: sid('AC', account.id), secret: randomHex(16) }
      return { publicId: sid('AK', id), secret: randomToken(40) }
    },
    /** The auth token is shown with the account (reference 5). */
    sealed: (publicId) => publicId.startsWith('AC'),
    /** Reference 2.1. */
    fromPassword: md5,
    limitPerUser: 2,
  },
  open: restcommFace,
  webhookForm: restcommWebhookForm,
  scriptForm: ({ key, store, settings }) => {
    const accounts = new AccountsKnown(store)
    return restcommScriptForm({
      sids: new Sids(key, store),
      baseUrl: () => settings.publicUrl() + prefixes[0],
      country: async (id) => (await accounts.find(id))?.settings.country ?? 'US',
    })
  },
  lintScript: lintRcml,
  /** Reference 27: protocol, code and words are the dictionary's own columns; below 1000 are those of SIP and HTTP. */
  sipReason: sipReasonsOf(codes, 'CPaaS', 1000),
  tellsCalls: true,
  /** Reference 21: no URL is told in a notification. */
  tellsUnbound: true,
  async firstCredentials(parts, { account, userId, login, password }) {
    const caller = await parts.identity.byUserId(faceName, userId)
    if (!caller) throw new Error('a user made at the first start is gone')
    const accountSid = sidOfEmail(login)
    await parts.store.write(setAlias, { face: faceName, kind: 'account', alias: accountSid, id: account.id })
    const { secret } = await parts.run(createKeyOperation, caller, {
      face: faceName,
      name: 'first start',
      publicId: accountSid,
      secret: md5(password),
      detail: { followsPassword: true },
    })
    return { baseUrl: `${parts.settings.publicUrl()}${prefixes[0]}`, accountSid, authToken: secret!, email: login, password }
  },
}
