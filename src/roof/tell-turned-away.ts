// A call that was refused before there was a record of it, as one of the refusals that are kept. Part of the roof: voice and SIP say what
// was turned away, and know nothing of where refusals are kept.

import type { ToldRefusal } from '#operations/knock.ts'
import type { Refusal } from '#reasons/refusal.ts'
import { replyOf } from '#sip-legs/causes.ts'
import { callErrorId } from '#store/call-life.ts'
import type { Clock } from '#values/clock.ts'
import type { IncomingCall } from '#voice/line.ts'
import type { TellTurnedAway, TurnedAway } from '#voice/turned-away.ts'

export const tellTurnedAway =
  (told: (refusal: ToldRefusal) => void, clock: Clock): TellTurnedAway =>
  ({ refusal, errorId, network, method, uri, source, ref, status, from, to, carrierId, client }) =>
    told({
      errorId,
      face: network,
      refusal,
      request: { method, path: uri, source, traceId: ref, receivedAtMs: clock.nowMs() },
      accountId: client?.accountId ?? null,
      status,
      code: '',
      call: { from, to, carrierId, clientId: client?.id ?? null },
    })

/** One that had a leg, and whose answer carried the error id of it. */
export function ofCall({ id, leg, via, from, to, source, raw }: IncomingCall, why: Refusal): TurnedAway {
  const at = leg.ref.indexOf(':')
  return {
    refusal: why,
    errorId: why.errorId ?? callErrorId(id),
    network: leg.ref.slice(0, at),
    method: 'INVITE',
    uri: raw.split(' ')[2] ?? '',
    from,
    to,
    source: source.replace(/:\d+$/, ''),
    ref: leg.ref.slice(at + 1),
    status: replyOf(why).status,
    carrierId: via.kind === 'trunk' ? via.carrierId : null,
    client: via.kind === 'phone' ? { id: via.clientId, accountId: via.accountId } : null,
  }
}
