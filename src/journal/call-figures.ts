// Counts calls for the metrics: how many began, how they came out, and how long a caller waits before it rings. Never by number or account.

import type { Counter, MetricRow, Metrics } from './metrics.ts'

/** Post-dial delay: ITU-T E.721 has 3 s as the mean of a local call and 8 s of an international one. */
const secondsBuckets = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 15, 30]

export class CallFigures {
  readonly #started: Counter<'direction'>
  readonly #ended: Counter<'direction' | 'class'>
  /** The last is beyond them all. */
  readonly #perBucket = Array.from({ length: secondsBuckets.length + 1 }, () => 0)
  #seconds = 0

  constructor(metrics: Metrics) {
    this.#started = metrics.counter('offhook_calls_started_total', 'Calls that came in or were placed, each leg.', ['direction'])
    this.#ended = metrics.counter('offhook_calls_ended_total', 'Calls that ended, by the class of their reason.', [
      'direction',
      'class',
    ])
    const name = 'offhook_call_post_dial_delay_seconds'
    metrics.add(name, {
      help: 'From a call being placed to its ringing, or its answer where it did not ring.',
      type: 'histogram',
      rows: () => this.#rows(name),
    })
  }

  began(direction: string): void {
    this.#started.labels(direction).inc()
  }

  /** `rangAfterMs`: of one that was placed and rang. */
  ended(direction: string, kind: string, rangAfterMs: number | undefined): void {
    this.#ended.labels(direction, kind).inc()
    if (rangAfterMs === undefined) return
    const seconds = rangAfterMs / 1000
    this.#seconds += seconds
    const at = secondsBuckets.findIndex((most) => seconds <= most)
    this.#perBucket[at === -1 ? secondsBuckets.length : at]! += 1
  }

  #rows(name: string): MetricRow[] {
    let below = 0
    const rows: MetricRow[] = this.#perBucket.map((count, index) => {
      below += count
      return { labels: { le: secondsBuckets[index] ?? '+Inf' }, value: below, metricName: `${name}_bucket` }
    })
    return [...rows, { value: this.#seconds, metricName: `${name}_sum` }, { value: below, metricName: `${name}_count` }]
  }
}
