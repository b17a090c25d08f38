// A fake SMSC that can misbehave, as a program and as a function. It shares no code with src/protocols/smpp.
//
//   node test/fakes/smsc.ts [--port 0] [--control 0] [--log file] [--keep 100000] [--window 100] [--behaviour '{"slowMs":100}']
//
// It prints one line of JSON with its ports. The control port speaks JSON over HTTP:
//   GET /state  GET /log?from=0  PATCH /behaviour  POST /mo /receipt /unbind /close /down /up /reset
// What can be changed stands in smsc-behaviour.ts, what is counted in smsc-log.ts.

import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { parseArgs } from 'node:util'
import { freePort } from '../ports.ts'
import { changed, goodBehaviour, type Behaviour, type BehaviourChange, type ReceiptBehaviour } from './smsc-behaviour.ts'
import { Connection, type SmscWorld } from './smsc-connection.ts'
import { SmscLog, type Counters, type SubmitLine } from './smsc-log.ts'
import { Mailbox } from './smsc-mailbox.ts'
import { moDeliveries, type Mo } from './smsc-mo.ts'
import { receiptOf } from './smsc-receipts.ts'

export type { Behaviour, BehaviourChange, Counters, Mo, SubmitLine }

export interface SmscOptions {
  readonly port?: number
  /** System ids and their passwords; anyone may bind if not given. */
  readonly accounts?: Readonly<Record<string, string>>
  readonly behaviour?: BehaviourChange
  /** Every submit is appended to this file as a line of JSON. */
  readonly logFile?: string
  /** How many submits stay in memory; 0 for measurements. Default 100,000. */
  readonly keep?: number
  /** deliver_sm without response, a bind. Default 100. */
  readonly window?: number
  readonly tls?: TlsOptions
}

export interface OddReceipt {
  readonly messageId: string
  readonly from: string
  readonly to: string
  readonly stat?: string
  readonly err?: string
  readonly networkError?: number
  readonly isFinal?: boolean
  readonly form?: ReceiptBehaviour['form']
  readonly text?: ReceiptBehaviour['text']
  readonly systemId?: string
}

export interface Smsc {
  readonly port: number
  readonly behaviour: Behaviour
  readonly counters: Counters
  /** The first `keep` submits since the start or the last reset. */
  readonly lines: readonly SubmitLine[]
  readonly bound: readonly { systemId: string; bound: string }[]
  behave(change: BehaviourChange): void
  /** Fulfilled when all its parts were answered, with their command_status. */
  sendMo(mo: Mo): Promise<number[]>
  /** A receipt for any id, known or not; fulfilled with the command_status of its answer. */
  sendReceipt(receipt: OddReceipt): Promise<number>
  unbindAll(): void
  /** Breaks all connections. */
  closeAll(): void
  /** Breaks all connections and listens no more, until `up`, which takes the same port. */
  down(): Promise<void>
  up(): Promise<void>
  reset(): void
  stop(): Promise<void>
}

export async function startSmsc(options: SmscOptions = {}): Promise<Smsc> {
  let behaviour = changed(goodBehaviour, options.behaviour ?? {})
  let [number, submits, second, inSecond] = [0, 0, 0, 0]
  const log = new SmscLog(options.keep ?? 100_000, options.logFile)
  const mailboxes = new Map<string, Mailbox>()
  const connections = new Set<Connection>()
  const uses = new WeakMap<object, { met: number; used: number }>()
  const world: SmscWorld = {
    behaviour: () => behaviour,
    change: (change) => void (behaviour = { ...behaviour, ...change }),
    log,
    accounts: options.accounts,
    mailbox(systemId) {
      const found = mailboxes.get(systemId) ?? new Mailbox(() => log.counters, options.window ?? 100)
      mailboxes.set(systemId, found)
      return found
    },
    nextNumber: () => ++number,
    countSecond() {
      const now = Math.floor(performance.now() / 1000)
      if (now !== second) [second, inSecond] = [now, 0]
      return ++inSecond
    },
    countSubmit: () => ++submits,
    uses(refusal) {
      const found = uses.get(refusal) ?? { met: 0, used: 0 }
      uses.set(refusal, found)
      return found
    },
    states: new Map(),
  }
  const take = (socket: Socket): void => {
    const connection = new Connection(socket, world)
    connections.add(connection)
    log.counters.connections++
    socket.on('close', () => void connections.delete(connection))
  }
  const server = options.tls ? createTlsServer(options.tls, take) : createTcpServer(take)
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const one of connections) one.destroy()
    })
  // One that nobody is given while it is down.
  await listen(options.port ?? (await freePort()))
  const { port } = server.address() as AddressInfo
  const receiverOf = (systemId: string | undefined): Mailbox => {
    const bound = [...connections].find((one) => one.bound === 'rx' || one.bound === 'trx')
    return world.mailbox(systemId ?? bound?.systemId ?? '')
  }
  return {
    port,
    get behaviour() {
      return behaviour
    },
    get counters() {
      return log.counters
    },
    get lines() {
      return log.lines
    },
    get bound() {
      return [...connections].map(({ systemId, bound }) => ({ systemId, bound }))
    },
    behave: (change) => void (behaviour = changed(behaviour, change)),
    sendMo: (mo) =>
      Promise.all(
        moDeliveries(mo).map(
          (delivery) => new Promise<number>((resolve) => receiverOf(mo.systemId).put('mo', delivery, resolve)),
        ),
      ),
    sendReceipt: ({ messageId, from, to, systemId, stat = 'DELIVRD', err = '000', isFinal = true, ...more }) =>
      new Promise((resolve) => {
        const submit = {
          source: from,
          sourceTon: 1,
          sourceNpi: 1,
          destination: to,
          destinationTon: 1,
          destinationNpi: 1,
          message: Buffer.alloc(0),
        }
        const { form = 'both', text = 'usual', networkError } = more
        const error = networkError === undefined ? {} : { networkError }
        const delivery = receiptOf({ submit, id: messageId, stat, err, ...error, submitMs: Date.now(), isFinal, form, text })
        receiverOf(systemId).put('receipt', delivery, resolve)
      }),
    unbindAll() {
      for (const one of connections) if (one.bound !== 'no') one.unbind()
    },
    closeAll() {
      for (const one of connections) one.destroy()
    },
    down: close,
    up: () => listen(port),
    reset: () => log.reset(),
    async stop() {
      if (server.listening) await close()
      log.close()
    },
  }
}

export async function startControl(smsc: Smsc, port: number): Promise<{ port: number; stop(): Promise<void> }> {
  const deeds: Record<string, (body: any) => unknown> = {
    'PATCH /behaviour': (body) => smsc.behave(body),
    'POST /mo': (body) => smsc.sendMo(body),
    'POST /receipt': (body) => smsc.sendReceipt(body),
    'POST /unbind': () => smsc.unbindAll(),
    'POST /close': () => smsc.closeAll(),
    'POST /down': () => smsc.down(),
    'POST /up': () => smsc.up(),
    'POST /reset': () => smsc.reset(),
    'GET /state': () => ({ behaviour: smsc.behaviour, counters: smsc.counters, bound: smsc.bound }),
  }
  const server = createHttpServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://smsc')
    const deed = deeds[`${request.method} ${url.pathname}`]
    try {
      const from = Number(url.searchParams.get('from') ?? 0)
      const answer = url.pathname === '/log' ? smsc.lines.slice(from) : await deed!(await readJson(request))
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer ?? null))
    } catch (error) {
      response.writeHead(400).end(String(error))
    }
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = (await request.toArray()).join('')
  return text === '' ? undefined : JSON.parse(text)
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      control: { type: 'string', default: '0' },
      log: { type: 'string' },
      keep: { type: 'string', default: '100000' },
      window: { type: 'string', default: '100' },
      behaviour: { type: 'string', default: '{}' },
    },
  })
  const smsc = await startSmsc({
    port: Number(values.port),
    keep: Number(values.keep),
    window: Number(values.window),
    behaviour: JSON.parse(values.behaviour),
    ...(values.log === undefined ? {} : { logFile: values.log }),
  })
  console.log(JSON.stringify({ port: smsc.port, control: (await startControl(smsc, Number(values.control))).port }))
}
