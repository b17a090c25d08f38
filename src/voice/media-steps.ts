// What of a stream's news stands in the timeline of its call. Digits are counted and not named: they may be somebody's PIN.

import type { StreamNews } from '#media/contract.ts'

export function mediaSteps(step: (what: string, data: object) => void): (news: StreamNews) => void {
  let digits = 0
  return (news) => {
    switch (news.type) {
      case 'firstPacket':
        return step('media.first_packet', {})
      case 'silent':
        return step('media.silent', { forMs: Math.round(news.forMs), everHeard: news.ever })
      case 'resumed':
        return step('media.resumed', { afterMs: Math.round(news.afterMs) })
      case 'digit':
        digits += 1
        return
      case 'failed':
        return step('media.failed', { reason: news.reason, detail: news.detail })
      case 'closed':
        return step('media.closed', { why: news.why, digits })
      default:
    }
  }
}
