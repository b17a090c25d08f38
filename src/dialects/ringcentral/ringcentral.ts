// The RingCentral dialect as main sees it, and what the first start makes for a client of it.

import { readUserOperation } from '#operations/users/read-user.ts'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import { buyNumbersOperation } from '#operations/numbers/buy-numbers.ts'
import type { Dialect } from '#operations/face-parts.ts'
import { Refusal } from '#reasons/refusal.ts'
import { applicationForm, face } from './applications.ts'
import { ringcentralFace } from './face.ts'
import { ringcentralScriptForm } from './call-script.ts'
import { RingCentralIds } from './ids.ts'
import { subscriptionTargets } from './subscription-targets.ts'
import { ringcentralWebhookForm } from './webhook-form.ts'

const allGrants = ['password', 'authorization_code', 'refresh_token', 'jwt', 'client_credentials']

/** Where the first application may be called back: the address that clients on one's own machine use. */
const firstRedirectUri = 'http://127.0.0.1:8090/callback'

export const ringcentral: Dialect = {
  form: applicationForm,
  open: ringcentralFace,
  webhookForm: ringcentralWebhookForm,
  webhookTargets: subscriptionTargets,
  scriptForm: ringcentralScriptForm,
  async firstCredentials(parts, owner) {
    const caller = await parts.identity.byUserId(face, owner.userId)
    if (!caller) throw new Error('the first user is gone')
    const ids = new RingCentralIds(parts.key)
    const application = await parts.run(createKeyOperation, caller, {
      face,
      userId: null,
      name: 'First application',
      detail: { grants: allGrants, redirectUris: [firstRedirectUri], public: false, plan: {} },
    })
    const jwt = await parts.run(createKeyOperation, caller, { face, name: 'First JWT credential', detail: { kind: 'jwt' } })
    const user = await parts.run(readUserOperation, caller, { id: owner.userId })
    const mainNumber = await buyMain(parts, owner)
    const server = parts.settings.publicUrl()
    return {
      server,
      baseUrl: `${server}/restapi/v1.0`,
      clientId: application.publicId,
      clientSecret: application.secret ?? '',
      jwt: jwt.secret ?? '',
      username: owner.login,
      password: owner.password,
      extension: user.detail.extensionNumber ?? '',
      redirectUri: firstRedirectUri,
      accountId: ids.show('account', owner.account.id),
      extensionId: ids.show('user', owner.userId),
      ...(mainNumber !== undefined && { mainNumber }),
    }
  },
}

/** A company has a main number; people log in with it and their extension. */
async function buyMain(
  parts: Parameters<Dialect['firstCredentials']>[0],
  owner: Parameters<Dialect['firstCredentials']>[1],
): Promise<string | undefined> {
  const caller = (await parts.identity.byUserId(face, owner.userId))!
  const bought = await parts
    .run(buyNumbersOperation, caller, {
      country: 'US',
      type: 'local',
      name: 'Main number',
      // Somebody must see what comes in there.
      detail: { usage: 'main', userId: owner.userId },
    })
    .catch((error: unknown) => {
      // A stock without such numbers is no reason not to start.
      if (error instanceof Refusal) return undefined
      throw error
    })
  return bought?.items[0]?.number
}
