// The program dies with 200 calls up, and is asked to stop with some: each comes to one end with a reason, its endpoint is told of it once, and no
// credit stays held. On both engines.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openCallPlace } from '../call-place.ts'
import { claimPorts } from '../ports.ts'
import { sharedCluster } from '../postgres-cluster.ts'
import { newFolder } from '../program.ts'
import { surviveCalls } from '../reconcile/survive-calls.ts'

const settings = { OFFHOOK_SHUTDOWN_MS: '300', OFFHOOK_LOG: 'error' }
const limits = { callsPerSecond: 0, concurrentCalls: 0 }
const stopped = 'failed call.platform_stopped platform'

const openOn = async (engine: 'sqlite' | 'postgres', ports: number) =>
  openCallPlace({
    data: newFolder(),
    settings: {
      ...settings,
      OFFHOOK_RTP_PORTS: (await claimPorts(ports)).text,
      ...(engine === 'postgres' && { OFFHOOK_DATABASE: await (await sharedCluster()).newDatabase() }),
    },
    limits,
  })

const places = {
  kill: await openOn('sqlite', 1000),
  stop: await openOn('sqlite', 1000),
  postgres: await openOn('postgres', 1000),
}

describe('calls that are up when the program dies', { timeout: 170_000 }, () => {
  test('kill -9 with 200 calls up, on PostgreSQL', async () => {
    const { up, ends, faults } = await surviveCalls(places.postgres!, { calls: 200, signal: 'SIGKILL' })
    assert.deepEqual({ up, ends, faults }, { up: 200, ends: { [stopped]: 200 }, faults: [] })
  })

  test('kill -9 with 200 calls up, on SQLite', async () => {
    const { up, ends, faults } = await surviveCalls(places.kill, { calls: 200, signal: 'SIGKILL' })
    assert.deepEqual({ up, ends, faults }, { up: 200, ends: { [stopped]: 200 }, faults: [] })
  })

  test('a stop waits as long as it may, and ends what is still up by BYE and CANCEL', async () => {
    const { up, exitCode, ends, faults } = await surviveCalls(places.stop, { calls: 20, signal: 'SIGTERM' })
    assert.deepEqual({ up, exitCode, ends, faults }, { up: 20, exitCode: 0, ends: { [stopped]: 20 }, faults: [] })
  })
})
