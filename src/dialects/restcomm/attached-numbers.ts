// Which of the account's numbers are attached to which application, as an application shows them (reference 7).

import { listNumbersOperation } from '#operations/numbers/list-numbers.ts'
import type { NumberShown } from '#operations/numbers/number-view.ts'
import type { Ask } from './knock.ts'
import { uses } from './number-fields.ts'
import { applicationOf, shownName } from './number-view.ts'
import type { Shown } from './write.ts'

export type AttachedNumbers = (applicationId: number) => Shown[]

const step = 1000

export async function attachedNumbers({ means: { parts, sids }, caller }: Ask): Promise<AttachedNumbers> {
  const byApplication = new Map<number, Shown[]>()
  // Who may not see numbers sees applications without them.
  if (!caller.permissions.has('numbers.read')) return () => []
  let after: number | undefined
  do {
    const page = await parts.run(listNumbersOperation, caller, {
      limit: step,
      oldestFirst: true,
      ...(after !== undefined && { after }),
    })
    for (const number of page.items as unknown as NumberShown[]) {
      const shown: Record<string, unknown> = {
        sid: sids.show('PN', number.id),
        friendly_name: shownName(number),
        phone_number: number.number,
      }
      const found = new Set<number>()
      for (const use of uses) {
        const id = applicationOf(number, use)
        if (id === null) continue
        shown[`${use}_application_sid`] = sids.show('AP', id)
        found.add(id)
      }
      for (const id of found) {
        const held = byApplication.get(id)
        if (held) held.push(shown)
        else byApplication.set(id, [shown])
      }
    }
    after = page.next ?? undefined
  } while (after !== undefined)
  return (applicationId) => byApplication.get(applicationId) ?? []
}
