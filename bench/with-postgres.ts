// Runs a bench against a private PostgreSQL cluster with fsync on, in an empty database, and removes it afterwards.
//
//   node bench/with-postgres.ts bench/store-writes.ts

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startCluster } from '../test/postgres-cluster.ts'

const cluster = await startCluster({ durable: true })
try {
  const env = { ...process.env, OFFHOOK_DATABASE: await cluster.newDatabase() }
  const bench = spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit', env })
  await once(bench, 'exit')
  process.exitCode = bench.exitCode ?? 1
} finally {
  await cluster.stop()
}
