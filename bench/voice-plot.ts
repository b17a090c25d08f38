// Draws how calls go as they grow, from what bench/voice.ts printed: CPU of a call by calls a second, for each program, ends lost or not held as a cross.
// `node bench/voice.ts | tee voice.txt; node bench/voice-plot.ts voice.txt > docs/voice-fall-off.svg`

import { readFileSync } from 'node:fs'

interface Point {
  readonly rate: number
  readonly cpuUs: number
  readonly isHeld: boolean
}

const colours: Readonly<Record<string, string>> = { offhook: '#1f6feb', 'npm sip': '#8957e5', kamailio: '#57606a' }
const [width, height, left, bottom, top, right] = [640, 320, 64, 44, 30, 20]

const text = readFileSync(process.argv[2] ?? 0, 'utf8')
const series = new Map<string, Point[]>()
for (const [, name = '', rate, not, cpu] of text.matchAll(
  /^(offhook|npm sip|kamailio) +(\d+)\/s: (not )?held.*?, (\d+) us of CPU a call/gm,
)) {
  const points = series.get(name) ?? []
  if (Number(cpu) > 0) points.push({ rate: Number(rate), cpuUs: Number(cpu), isHeld: not === undefined })
  series.set(name, points)
}
const all = [...series.values()].flat()
if (all.length === 0) {
  console.error('There is no line of bench/voice.ts in it.')
  process.exit(1)
}
const mostRate = Math.max(...all.map(({ rate }) => rate))
const mostUs = Math.max(...all.map(({ cpuUs }) => cpuUs))
// Both axes by powers of ten: what is compared differs so much.
const x = (rate: number): string =>
  (left + (Math.log(rate / 40) / Math.log((mostRate * 1.1) / 40)) * (width - left - right)).toFixed(1)
const y = (us: number): string =>
  (height - bottom - (Math.log(us / 40) / Math.log((mostUs * 1.2) / 40)) * (height - bottom - top)).toFixed(1)

const ticks = (most: number): number[] => [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000].filter((one) => one <= most)
const parts = [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
  `<rect width="${width}" height="${height}" fill="#fff"/>`,
  `<text x="${left}" y="18">CPU of a call, us, by calls a second; a cross: not held</text>`,
]
for (const rate of ticks(mostRate))
  parts.push(
    `<path d="M${x(rate)} ${top}V${height - bottom}" stroke="#eee"/><text x="${x(rate)}" y="${height - bottom + 16}" text-anchor="middle">${rate}</text>`,
  )
for (const us of ticks(mostUs))
  parts.push(
    `<path d="M${left} ${y(us)}H${width - right}" stroke="#eee"/><text x="${left - 8}" y="${Number(y(us)) + 4}" text-anchor="end">${us}</text>`,
  )
let row = 0
for (const [name, points] of series) {
  const colour = colours[name] ?? '#000'
  const line = points.map(({ rate, cpuUs }) => `${x(rate)},${y(cpuUs)}`).join(' ')
  parts.push(`<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`)
  for (const { rate, cpuUs, isHeld } of points) {
    const [atX, atY] = [Number(x(rate)), Number(y(cpuUs))]
    parts.push(
      isHeld
        ? `<circle cx="${atX}" cy="${atY}" r="3.5" fill="${colour}"/>`
        : `<path d="M${atX - 4} ${atY - 4}l8 8m0 -8l-8 8" stroke="${colour}" stroke-width="2"/>`,
    )
  }
  parts.push(`<text x="${width - right - 90 * (series.size - row)}" y="${height - 8}" fill="${colour}">${name}</text>`)
  row += 1
}
console.log([...parts, '</svg>'].join('\n'))
