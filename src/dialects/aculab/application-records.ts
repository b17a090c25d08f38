// Application detail records (`adr`), reference section 12: a row for each application that ran on a call, with what its call and those that it
// made cost. Its columns are the vendor's. Here calls cost and nothing else: speech, channels and features are charged nothing, and how long
// an application spoke is not counted.

import type { CallSeen } from './application-state.ts'
import { returnCodeOf } from './application-state.ts'
import { faceName } from './auth.ts'
import { memoryOf } from './call-info.ts'
import { callsEnded } from './error-log.ts'
import { dollars, stamp } from './formats.ts'
import type { Asked } from './routes.ts'

export interface ApplicationRecord {
  readonly instance: string
  readonly own: CallSeen
  /** Calls that it made besides its own. */
  readonly others: readonly CallSeen[]
}

/** Oldest first: those whose own call ended within this time. */
export async function applicationRecords(
  asked: Pick<Asked, 'parts' | 'caller' | 'instances'>,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<ApplicationRecord[]> {
  const calls = await callsEnded(asked, span)
  const made = Map.groupBy(
    calls.filter(({ origin }) => origin === 'dial'),
    ({ sessionId }) => sessionId,
  )
  return calls
    .filter(({ origin, face }) => origin !== 'dial' && face === faceName)
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
    .map((own) => ({ instance: asked.instances.instanceOf(own.id), own, others: made.get(own.sessionId) ?? [] }))
}

/** As the vendor has it in its list: cut off where it is long. */
const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text)

const costOf = (calls: readonly CallSeen[]): number | string => {
  const [first] = calls
  if (!first) return 0
  const total = calls.reduce((sum, { priceMicro }) => sum + priceMicro, 0)
  return dollars(total, first.currency) ?? ''
}

const seconds = (ms: number): number => Math.floor(ms / 1000)

export const applicationColumns: readonly (readonly [string, (row: ApplicationRecord) => string | number])[] = [
  ['Date_Time of record', ({ own: { endedAt } }) => stamp(endedAt!)],
  ['Application Instance ID', ({ instance }) => instance],
  ['Application Name', ({ own: { faceData } }) => memoryOf(faceData).service],
  ['Start Time', ({ own: { createdAt } }) => seconds(createdAt)],
  ['Start Datetime', ({ own: { createdAt } }) => stamp(createdAt)],
  ['Stop Time', ({ own: { endedAt } }) => seconds(endedAt!)],
  ['Stop Datetime', ({ own: { endedAt } }) => stamp(endedAt!)],
  ['Duration', ({ own: { createdAt, endedAt } }) => seconds(endedAt! - createdAt)],
  ['Text-To-Speech seconds', () => ''],
  ['Text-To-Speech Unit Cost', () => 0],
  ['Extra Channels', ({ others }) => others.length],
  ['Fax enabled', () => 'False'],
  ['Platform cost', ({ own }) => (own.direction === 'in' ? costOf([own]) : 0)],
  ['Extra channel cost', () => 0],
  ['PSTN outbound cost', ({ own, others }) => costOf(own.direction === 'out' ? [own, ...others] : others)],
  ['Text-To-Speech cost', () => 0],
  ['Toll free cost', () => 0],
  ['Feature seconds', () => 0],
  ['Feature cost', () => 0],
  ['Total cost', ({ own, others }) => costOf([own, ...others])],
  ['Costs valid', () => 'True'],
  ['Status', ({ own }) => returnCodeOf(own)],
  ['Outbound arguments', ({ own: { faceData } }) => shortened(memoryOf(faceData).outboundParameters)],
  ['Application arguments', ({ own: { faceData } }) => shortened(memoryOf(faceData).applicationParameters)],
]
