// Why an attempt failed, as a reason: what the guard or the network said, or the status that came back.

import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { OutgoingFailure } from '#protocols/http/outgoing.ts'

export function reasonOfFailure({ failed: { kind, detail } }: OutgoingFailure): Refusal {
  switch (kind) {
    case 'refused_address':
      return refusal('webhook.address_refused', { kind: detail })
    case 'dns':
      return refusal('webhook.name_unresolved', { cause: detail })
    case 'connect':
      return refusal('webhook.unreachable', { cause: detail })
    case 'tls':
      return refusal('webhook.tls_failed', { cause: detail })
    case 'timeout':
      return refusal('webhook.timed_out', { phase: detail })
    case 'too_large':
      return refusal('webhook.answer_too_large', { cause: detail })
    case 'too_many_redirects':
      return refusal('webhook.redirected', {})
    case 'protocol':
      return refusal('webhook.answer_unreadable', { cause: detail })
  }
}

export function reasonOfStatus(status: number): Refusal {
  if (status >= 300 && status < 400) return refusal('webhook.redirected', { status })
  return refusal('webhook.status_unexpected', { status })
}
