// Aculab Cloud's web services as a door to the platform: numbers, services, messages and calls. What each file does stands in it.

import { createKeyOperation } from '#operations/keys/create-key.ts'
import { sipReasonsOf } from '#operations/sip-reason.ts'
import type { Dialect } from '#operations/face-parts.ts'
import { codes } from './codes.ts'
import { faceName, keyForm } from './auth.ts'
import { aculabScriptForm } from './call-script.ts'
import { openFace } from './face.ts'
import { InstanceIds } from './instance-ids.ts'
import { lintActions } from './lint-actions.ts'
import { usualCloudId } from './ids.ts'
import { messageForm, notificationPage } from './message-form.ts'
import { serviceScript } from './service-script.ts'

export const aculab: Dialect = {
  sipReason: sipReasonsOf(codes, 'Aculab'),
  form: keyForm,
  open: openFace,
  webhookForm: messageForm,
  tellsCalls: true,
  tellsSegments: true,
  scriptForm: ({ key, clock }) => aculabScriptForm({ ids: new InstanceIds(key), nowMs: () => clock.nowMs() }),
  lintScript: lintActions,
  servicePage: notificationPage,
  serviceScript,
  async firstCredentials({ identity, run, settings }, { userId }) {
    const caller = await identity.byUserId(faceName, userId)
    const key = await run(createKeyOperation, caller!, { face: faceName, userId, name: 'API Access Key' })
    const cloudId = String(settings.options()['cloudId'] ?? usualCloudId)
    return {
      baseUrl: `${settings.publicUrl()}/aculab`,
      cloudId,
      username: key.publicId,
      apiAccessKey: key.secret!,
      basicUser: `${cloudId}/${key.publicId}`,
    }
  },
}
