// Counts answers for the metrics. Every request passes here, so it only adds numbers; labels and text are made when
// somebody asks for the metrics.

import type { Metrics, MetricRow } from './metrics.ts'

const secondsBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

interface FaceFigures {
  /** Answers whose time lies above the bucket before and not above this one; the last is beyond them all. */
  readonly perBucket: number[]
  seconds: number
  readonly perStatus: Map<number, Map<string, number>>
}

export class RequestFigures {
  readonly #faces = new Map<string, FaceFigures>()

  constructor(metrics: Metrics) {
    metrics.add('offhook_http_requests_total', { help: 'Requests answered.', type: 'counter', rows: () => this.#countRows() })
    const name = 'offhook_http_request_duration_seconds'
    metrics.add(name, {
      help: 'From the last header to the answer written.',
      type: 'histogram',
      rows: () => this.#durationRows(name),
    })
  }

  add(face: string, method: string, status: number, durationMs: number): void {
    let figures = this.#faces.get(face)
    if (!figures) {
      figures = { perBucket: Array.from({ length: secondsBuckets.length + 1 }, () => 0), seconds: 0, perStatus: new Map() }
      this.#faces.set(face, figures)
    }
    let perMethod = figures.perStatus.get(status)
    if (!perMethod) {
      perMethod = new Map()
      figures.perStatus.set(status, perMethod)
    }
    perMethod.set(method, (perMethod.get(method) ?? 0) + 1)
    const seconds = durationMs / 1000
    figures.seconds += seconds
    let bucket = 0
    while (bucket < secondsBuckets.length && seconds > secondsBuckets[bucket]!) bucket += 1
    figures.perBucket[bucket]! += 1
  }

  #countRows(): MetricRow[] {
    return [...this.#faces].flatMap(([face, { perStatus }]) =>
      [...perStatus].flatMap(([status, perMethod]) =>
        [...perMethod].map(([method, value]) => ({ labels: { face, method, status }, value })),
      ),
    )
  }

  #durationRows(name: string): MetricRow[] {
    return [...this.#faces].flatMap(([face, { perBucket, seconds }]) => {
      let below = 0
      const rows: MetricRow[] = perBucket.map((count, index) => {
        below += count
        return { labels: { le: secondsBuckets[index] ?? '+Inf', face }, value: below, metricName: `${name}_bucket` }
      })
      return [
        ...rows,
        { labels: { face }, value: seconds, metricName: `${name}_sum` },
        { labels: { face }, value: below, metricName: `${name}_count` },
      ]
    })
  }
}
