// Aculab Cloud's web services as a door to the platform: numbers, services and messages today. What each file does stands in it.

import { createKeyOperation } from '#operations/keys/create-key.ts'
import type { Dialect } from '#operations/face-parts.ts'
import { faceName, keyForm } from './auth.ts'
import { openFace } from './face.ts'
import { usualCloudId } from './ids.ts'
import { messageForm, notificationPage } from './message-form.ts'

export const aculab: Dialect = {
  form: keyForm,
  open: openFace,
  webhookForm: ({ key }) => messageForm(key),
  tellsSegments: true,
  servicePage: notificationPage,
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
