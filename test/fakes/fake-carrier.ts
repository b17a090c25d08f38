// A carrier for unit tests: what it was given is seen, and each answer is given by hand.

import type { Cause, SmsCarrier, SubmitJob, SubmitOutcome } from '#messaging/sms-carrier.ts'

export interface Given {
  readonly job: SubmitJob
  /** As the network's id for it. */
  taken(ref?: string): void
  refused(cause: Cause): void
}

export interface FakeCarrier extends SmsCarrier {
  /** What is on the wire, oldest first. */
  readonly given: Given[]
  window: number
  /** When set, `submit` throws it. */
  fault?: Error | undefined
}

export function fakeCarrier(id: number, window = 10): FakeCarrier {
  let refs = 0
  const given: Given[] = []
  const carrier: FakeCarrier = {
    id,
    given,
    window,
    abilities: { kinds: ['sms', 'flash'], multipart: true, receipts: true, codings: ['gsm7', 'ucs2'] },
    room: () => Math.max(0, carrier.window - given.length),
    submit(job) {
      if (carrier.fault) throw carrier.fault
      return new Promise<SubmitOutcome>((resolve) => {
        const answer = (outcome: Omit<SubmitOutcome['outcomes'][number], 'index'>): void => {
          given.splice(given.indexOf(one), 1)
          resolve({ segments: 1, receiptExpected: true, outcomes: [{ index: 0, ...outcome }] })
        }
        const one: Given = {
          job,
          taken: (ref = `${id}-${(refs += 1)}`) => answer({ ref }),
          refused: (cause) => answer({ cause }),
        }
        given.push(one)
      })
    },
    isUp: () => true,
    state: () => ({ state: 'up' }) as ReturnType<SmsCarrier['state']>,
    stop: () => Promise.resolve(),
  }
  return carrier
}
