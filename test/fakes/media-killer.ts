// Preloaded into the program (NODE_OPTIONS=--import): on SIGUSR2 every media worker that is running is terminated, as a crash of it would end it.
// Nothing of the program knows of it.

import { createRequire, syncBuiltinESMExports } from 'node:module'
import type * as Threads from 'node:worker_threads'

const threads = createRequire(import.meta.url)('node:worker_threads') as {
  -readonly [K in keyof typeof Threads]: (typeof Threads)[K]
}

if (threads.isMainThread) {
  const workers = new Set<Threads.Worker>()
  threads.Worker = class extends threads.Worker {
    constructor(file: string | URL, options?: Threads.WorkerOptions) {
      super(file, options)
      if (!/media\/worker\//.test(String(file))) return
      workers.add(this)
      this.once('exit', () => workers.delete(this))
    }
  }
  syncBuiltinESMExports()
  process.on('SIGUSR2', () => {
    for (const worker of workers) void worker.terminate()
  })
}
