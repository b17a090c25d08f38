// What the metrics tell of calls at the moment they are asked for: calls, media workers, trunks, phones, transactions.

import type { Journal } from '#journal/journal.ts'
import type { Media } from '#media/contract.ts'
import type { SipStack } from '#protocols/sip/sip-stack.ts'
import type { Calls } from '#voice/calls.ts'
import type { Trunks } from '#voice/trunks.ts'

export interface VoiceFigures {
  readonly journal: Pick<Journal, 'gauge' | 'gauges'>
  readonly calls: Pick<Calls, 'size'>
  readonly media: Pick<Media, 'state'>
  readonly trunks: Pick<Trunks, 'states'>
  readonly phones: { readonly registered: number }
  readonly stack: Pick<SipStack, 'counts'>
}

export function addVoiceFigures({ journal, calls, media, trunks, phones, stack }: VoiceFigures): void {
  journal.gauge('offhook_calls', 'Calls that are up.', () => calls.size)
  journal.gauge('offhook_phones_registered', 'Registrations of phones that this node reaches.', () => phones.registered)
  journal.gauges(
    'offhook_sip_transactions',
    'SIP transactions that are kept; absorbing are over and swallow what comes again.',
    () => {
      const { serverTransactions: server, clientTransactions: client, absorbing } = stack.counts
      return Object.entries({ server, client, absorbing }).map(([kind, value]) => ({ labels: { kind }, value }))
    },
  )
  const perWorker = (name: string, help: string, value: (one: ReturnType<Media['state']>[number]) => number): void =>
    journal.gauges(name, help, () => media.state().map((one) => ({ labels: { worker: one.worker }, value: value(one) })))
  perWorker('offhook_media_streams', 'Streams of a media worker.', ({ streams }) => streams)
  perWorker('offhook_media_worker_busy_ratio', 'How busy its core is, from 0 to 1.', ({ load }) => load)
  perWorker(
    'offhook_media_worker_late_seconds',
    'How late its packets are, at the 99th percentile.',
    ({ lateMs }) => lateMs / 1000,
  )
  perWorker('offhook_media_worker_up', '1: it lives.', ({ alive }) => Number(alive))
  journal.gauges('offhook_trunk_up', '1: a trunk takes calls now; 0: no gateway of it answers.', () =>
    trunks.states().map(({ name, state }) => ({ labels: { trunk: name }, value: Number(state.state === 'up') })),
  )
  journal.gauges('offhook_trunk_calls', 'Calls over a trunk that are up.', () =>
    trunks.states().map(({ name, state }) => ({ labels: { trunk: name }, value: state.calls })),
  )
  journal.gauges(
    'offhook_trunk_registered',
    '1: registered at the carrier; only of trunks that have to be, on the node that is.',
    () =>
      trunks
        .states()
        .flatMap(({ name, state: { registration } }) =>
          registration ? [{ labels: { trunk: name }, value: Number(registration.state === 'registered') }] : [],
        ),
  )
}
