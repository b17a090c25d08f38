// What the VNU hook is told (reference section 14): that a number of the sub-account was bought, changed, ran out or was given back. Only what
// changed is told, as it stands when the log is read; nobody looks at the health of numbers here.

import { numberView } from '#operations/numbers/number-view.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import { counted } from '#store/counters.ts'
import type { Happening } from '#store/happenings.ts'
import { readNumberById } from '#store/number-lives.ts'
import type { Target } from '#webhooks/webhook-form.ts'
import { timestamp } from './formats.ts'
import { Ids } from './ids.ts'
import type { Known } from './known-by-account.ts'
import { numberShown } from './numbers.ts'
import type { VoiceHooks } from './voice-hooks.ts'
import { voiceEnvelope, voiceTarget } from './voice-target.ts'

export function numberTargets({ store, key, clock }: FaceParts) {
  const ids = new Ids(key)

  return async (found: Known<VoiceHooks>, happening: Happening): Promise<readonly Target[]> => {
    const { account_id: accountId, noun_id: id } = happening
    const row = await readNumberById(store, id)
    if (row?.form !== 'e164') return []
    const nowMs = clock.nowMs()
    const number = numberShown(ids, numberView(row, nowMs), nowMs)
    // Given back: the rest is its next owner's.
    const { msisdn, countryCode, referenceId } = number
    const isGone = row.account_id !== accountId
    const shown = isGone ? { msisdn, countryCode, referenceId, operationalStatus: 'Inactive' } : number
    const payload = {
      subAccountId: await ids.subAccountId(store, accountId),
      totalNumbers: await counted(store, accountId, 'numbers'),
      updateEventType: 'UPDATES',
      // The vendor's page of this hook has a name of its own for when it was changed.
      virtualNumbers: [{ ...shown, updatedTimestamp: timestamp(row.updated_ms), updateStatus: 'UPDATED' }],
    }
    const body = voiceEnvelope('VNU', payload)
    return [voiceTarget(found, 'VNU', happening, { noun: 'numbers', id }, body)]
  }
}
