// A small run of test/fuzz/rtp.ts, always the same.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { fuzzPackets, fuzzSdp } from '../../../test/fuzz/rtp.ts'

test('mutated packets crash nothing and are read as they are written', () => {
  const { rtp, rtcp } = fuzzPackets(1, 4000)
  assert.ok(rtp > 2000 && rtcp > 1000, `${rtp} ${rtcp}`)
})

test('mutated descriptions crash nothing, and what is agreed can be written and read', () => {
  const { read, agreed } = fuzzSdp(1, 2000)
  assert.ok(read > 700 && agreed > 300, `${read} ${agreed}`)
})
