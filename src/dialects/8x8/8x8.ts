// The dialect of 8x8 Connect, formerly Wavecell: bearer keys, sub-accounts, one flat envelope of errors.

import { createAccountOperation } from '#operations/accounts/create-account.ts'
import type { Dialect } from '#operations/face-parts.ts'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import { sipReasonsOf } from '#operations/sip-reason.ts'
import { codes } from './codes.ts'
import { eightKeyForm } from './auth.ts'
import { openEight, prefix } from './face.ts'
import { hookTargets } from './hook-targets.ts'
import { eightScriptForm } from './call-script.ts'
import { face, Ids, subAccountAlias } from './ids.ts'
import { lintCallflow } from './lint-callflow.ts'
import { voiceHooksKnown } from './voice-hooks.ts'
import { eightWebhookForm } from './webhook-form.ts'

const firstSubAccount = 'sandbox_main'

export const eight: Dialect = {
  sipReason: sipReasonsOf(codes, '8x8'),
  form: eightKeyForm,
  open: openEight,
  webhookForm: eightWebhookForm,
  webhookTargets: hookTargets,
  lintScript: lintCallflow,
  scriptForm: (parts) => eightScriptForm(parts, voiceHooksKnown(parts.store)),
  async firstCredentials(parts, owner) {
    const ids = new Ids(parts.key)
    const caller = await parts.identity.byUserId(face, owner.userId)
    if (!caller) throw new Error('a user made at the first start is gone')
    const { secret: apiKey } = await parts.run(createKeyOperation, caller, { face, name: 'first start' })
    const { secret: password } = await parts.run(createKeyOperation, caller, {
      face,
      name: 'account password',
      detail: { kind: 'password' },
    })
    const alias = { face, kind: subAccountAlias, alias: firstSubAccount }
    await parts.run(createAccountOperation, caller, { name: 'Sandbox main', alias })
    return {
      baseUrl: `${parts.settings.publicUrl()}${prefix}`,
      apiKey: apiKey!,
      accountId: ids.guid('account', owner.account.id),
      password: password!,
      subAccountId: firstSubAccount,
    }
  },
}
