// Ports for tests: below those that the system gives to whoever wants any (from 32768 on Linux), so that nobody gets one by chance after it was
// chosen and before it is bound. A process claims blocks of them, each by listening on its first port over TCP for as long as it runs: no two
// test files that run at once have a port in common, and sound that still comes for a call of one is not heard in a call of the other.

import { createSocket } from 'node:dgram'
import { createServer, type Server } from 'node:net'

const lowest = 10_000
const blockPorts = 50
const blocks = 450

export interface PortRange {
  readonly from: number
  readonly to: number
  /** As the program's settings have it. */
  readonly text: string
  /** Nobody needs to: it goes with the process. */
  release(): void
}

/** Files that follow one another begin elsewhere. */
let nextBlock = (process.pid * 37) % blocks
let last: Promise<unknown> = Promise.resolve()

/** At least so many ports in a row, of which nobody else claims one. */
export function claimPorts(count: number): Promise<PortRange> {
  const claimed = last.then(() => claimBlocks(Math.ceil((count + 2) / blockPorts)))
  last = claimed.catch(() => {})
  return claimed
}

async function claimBlocks(wanted: number): Promise<PortRange> {
  let guards: Server[] = []
  const release = (): void => {
    for (const guard of guards) guard.close()
    guards = []
  }
  for (let tries = 0; tries < 2 * blocks; tries += 1) {
    const block = nextBlock
    nextBlock = (nextBlock + 1) % blocks
    if (block === 0) release()
    const guard = await guardOf(block)
    if (!guard) release()
    else if (guards.push(guard) === wanted) {
      const from = lowest + (block + 1 - wanted) * blockPorts + 2
      const to = lowest + (block + 1) * blockPorts - 1
      return { from, to, text: `${from}-${to}`, release }
    }
  }
  release()
  throw new Error(`no ${wanted * blockPorts} ports in a row are left below ${lowest + blocks * blockPorts}`)
}

function guardOf(block: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', () => resolve(undefined))
    server.listen(lowest + block * blockPorts, '127.0.0.1', () => resolve(server.unref()))
  })
}

const free: number[] = []

/** One after the other, over UDP and TCP; each is given once. */
export async function freePorts(count: number): Promise<number[]> {
  for (;;) {
    if (free.length < count) {
      const { from, to } = await claimPorts(blockPorts - 2)
      free.splice(0, free.length, ...Array.from({ length: to - from + 1 }, (_, at) => from + at))
    }
    const ports = free.splice(0, count)
    const are = await Promise.all(ports.map(isFree))
    if (are.every(Boolean)) return ports
  }
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  return port!
}

/** Programs that know nothing of claims may have it. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => {
      const socket = createSocket('udp4')
      const done = (answer: boolean): void => {
        socket.close()
        server.close(() => resolve(answer))
      }
      socket.once('error', () => done(false))
      socket.bind(port, '127.0.0.1', () => done(true))
    })
  })
}
