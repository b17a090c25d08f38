import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EvidenceRecord } from '#store/evidence.ts'
import { partKept } from './timeline-entry.ts'

const kept = (atMs: number, what: string): EvidenceRecord => {
  const [way, words = ''] = what.split(' ')
  const isStep = way === 'step'
  return {
    messageId: 1,
    direction: way === 'in' ? 'in' : 'out',
    protocol: isStep ? 'step' : 'sip',
    bytes: Buffer.from(words),
    atMs,
  }
}

const parted = (...records: EvidenceRecord[]): Record<string, string[]> => {
  const words = (all: readonly EvidenceRecord[]): string[] => all.map(({ bytes }) => Buffer.from(bytes).toString())
  const { leading, following } = partKept(records)
  return { leading: words(leading), following: words(following) }
}

test('in one millisecond what came in leads, with what was decided of it, and what went out follows', () => {
  assert.deepEqual(parted(kept(5, 'in 180'), kept(5, 'in 200'), kept(5, 'out ACK')), {
    leading: ['180', '200'],
    following: ['ACK'],
  })
  assert.deepEqual(parted(kept(5, 'in 503'), kept(5, 'step route.failed'), kept(5, 'out INVITE'), kept(5, 'in 100')), {
    leading: ['503', 'route.failed'],
    following: ['INVITE', '100'],
  })
})

test('what was decided before anything came, and what went out, follow', () => {
  assert.deepEqual(parted(kept(5, 'step route.taken'), kept(5, 'out INVITE'), kept(6, 'in 180'), kept(7, 'out BYE')), {
    leading: ['180'],
    following: ['route.taken', 'INVITE', 'BYE'],
  })
})
