// Kannel from Debian, set up as its users set it up for throughput: bearerbox and smsbox, HTTP in, SMPP out, 50 submits under way.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `spool`: a file for each message. `file`: a journal. `none`: lost with the process. */
export type KannelStore = 'spool' | 'file' | 'none'

export interface Kannel {
  /** Of its HTTP interface. */
  readonly url: string
  stop(): Promise<void>
}

export function requireKannel(): void {
  if (spawnSync('bearerbox', ['-v']).error === undefined) return
  console.error('The peer is Kannel, which is not installed. On Debian: apt-get install kannel')
  process.exit(1)
}

export async function startKannel(smscPort: number, store: KannelStore): Promise<Kannel> {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-kannel-'))
  const [admin = 0, box = 0, http = 0] = await freePorts(3)
  mkdirSync(join(folder, 'spool'))
  const place = {
    spool: `store-type = spool\nstore-location = ${folder}/spool`,
    file: `store-type = file\nstore-location = ${folder}/journal`,
    none: '',
  }
  const path = join(folder, 'kannel.conf')
  writeFileSync(
    path,
    `group = core
admin-interface = 127.0.0.1
admin-port = ${admin}
admin-password = p
status-password = p
smsbox-port = ${box}
box-allow-ip = 127.0.0.1
log-file = ${folder}/bearerbox.log
log-level = 3
dlr-storage = internal
sms-incoming-queue-limit = -1
${place[store]}

group = smsc
smsc = smpp
smsc-id = sim
host = 127.0.0.1
port = ${smscPort}
smsc-username = kannel
smsc-password = kannel
system-type = ""
transceiver-mode = true
max-pending-submits = 50
throughput = 0
enquire-link-interval = 30

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${http}
log-file = ${folder}/smsbox.log
log-level = 3
max-pending-requests = 1000
mo-recode = true
sendsms-interface = 127.0.0.1

group = sendsms-user
username = u
password = p
max-messages = 10
concatenation = true
`,
  )
  const bearerbox = spawn('bearerbox', [path], { stdio: 'ignore' })
  await listens(box)
  const smsbox = spawn('smsbox', [path], { stdio: 'ignore' })
  await listens(http)
  return {
    url: `http://127.0.0.1:${http}`,
    async stop() {
      await ended(smsbox)
      await ended(bearerbox)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePorts(n: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: n }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

async function listens(port: number): Promise<void> {
  const { connect } = await import('node:net')
  for (let tries = 0; tries < 200; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('Kannel does not listen')
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(late)
}
