// Figures in the text form of Prometheus (exposition format 0.0.4): counters, and families whose rows are read when somebody
// asks. No registry of the world, no push, no summaries.

import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface MetricRow {
  readonly labels?: Readonly<Record<string, string | number>>
  readonly value: number
  /** For what a family's name is lengthened by, such as `_bucket`. */
  readonly metricName?: string
}

export interface Cell {
  inc(by?: number): void
}

interface Family {
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  rows(): readonly MetricRow[]
}

export class Counter<L extends string = never> implements Cell {
  readonly #labelNames: readonly L[]
  readonly #cells = new Map<string, { labels: Record<string, string>; value: number } & Cell>()

  constructor(labelNames: readonly L[]) {
    this.#labelNames = labelNames
    // What has no labels is told from the start, as nought.
    if (labelNames.length === 0) this.labels()
  }

  labels(...values: readonly string[]): Cell {
    const key = values.join('\n')
    let cell = this.#cells.get(key)
    if (!cell) {
      const labels = Object.fromEntries(this.#labelNames.map((name, at) => [name, values[at] ?? '']))
      const made = { labels, value: 0, inc: (by = 1) => void (made.value += by) }
      this.#cells.set(key, made)
      cell = made
    }
    return cell
  }

  inc(by = 1): void {
    this.labels().inc(by)
  }

  rows(): MetricRow[] {
    return [...this.#cells.values()]
  }
}

export class Metrics {
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8'
  readonly #families = new Map<string, Family>()

  add(name: string, family: Family): void {
    if (this.#families.has(name)) throw new Error(`two metrics are named ${name}`)
    this.#families.set(name, family)
  }

  counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    const counter = new Counter(labelNames)
    this.add(name, { help, type: 'counter', rows: () => counter.rows() })
    return counter
  }

  /** A figure that is read when metrics are asked for. */
  gauge(name: string, help: string, read: () => number): void {
    this.add(name, { help, type: 'gauge', rows: () => [{ value: read() }] })
  }

  text(): string {
    let text = ''
    for (const [name, { help, type, rows }] of this.#families) {
      text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
      for (const { labels, value, metricName } of rows())
        text += `${metricName ?? name}${labelText(labels)} ${valueText(value)}\n`
    }
    return text
  }
}

function labelText(labels: MetricRow['labels']): string {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${escaped(String(value))}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')

function valueText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}

const nanoseconds = 1e9

/** What is told of any process, under the names that others give it. */
export function addProcessFigures(metrics: Metrics): void {
  metrics.add('process_cpu_seconds_total', {
    help: 'Processor time used, of all threads.',
    type: 'counter',
    rows: () => {
      const { user, system } = process.cpuUsage()
      return [{ value: (user + system) / 1e6 }]
    },
  })
  metrics.gauge('process_start_time_seconds', 'When the process was started, since 1970.', () =>
    Math.round(performance.timeOrigin / 1000),
  )
  metrics.gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  metrics.gauge('nodejs_heap_size_used_bytes', 'Heap in use, of the main thread.', () => process.memoryUsage().heapUsed)
  metrics.gauge('nodejs_heap_size_total_bytes', 'Heap held, of the main thread.', () => process.memoryUsage().heapTotal)
  metrics.gauge(
    'nodejs_external_memory_bytes',
    'Memory outside the heap that objects in it hold.',
    () => process.memoryUsage().external,
  )
  const delay = monitorEventLoopDelay({ resolution: 100 })
  delay.enable()
  const seconds = (read: () => number) => () => (delay.count === 0 ? 0 : read() / nanoseconds)
  metrics.gauge(
    'nodejs_eventloop_lag_mean_seconds',
    'How late timers were, on average, since the last reading.',
    seconds(() => delay.mean),
  )
  metrics.gauge(
    'nodejs_eventloop_lag_p99_seconds',
    'The 99th percentile of it.',
    seconds(() => delay.percentile(99)),
  )
  // The last of them begins the next reading.
  metrics.gauge('nodejs_eventloop_lag_max_seconds', 'The worst of it.', () => {
    const worst = seconds(() => delay.max)()
    delay.reset()
    return worst
  })
  metrics.add('nodejs_version_info', {
    help: 'The version of Node.',
    type: 'gauge',
    rows: () => [{ labels: { version: process.version }, value: 1 }],
  })
}
