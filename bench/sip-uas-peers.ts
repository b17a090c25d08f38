// The servers that bench/sip-uas.ts calls: our stack and user agent, the npm package `sip`, and Kamailio from Debian without state. Each answers INVITE with
// 100, 180 and 200 with SDP, and BYE with 200. Run as a program it is one of the first two: `node bench/sip-uas-peers.ts ours <port>`.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SipStack } from '#protocols/sip/sip-stack.ts'
import { UserAgent } from '#protocols/sip/user-agent.ts'
import { systemClock } from '#values/clock.ts'

export const peers = ['ours', 'npm sip', 'kamailio'] as const
export type Peer = (typeof peers)[number]

const sdp =
  'v=0\r\no=uas 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n'

export interface RunningPeer {
  readonly port: number
  /** Of all its processes that answer calls. */
  used(): { cpuMs: number; memoryMb: number }
  stop(): Promise<void>
}

export async function startPeer(peer: Peer, core: number): Promise<RunningPeer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'offhook-sip-uas-'))
  const pin = spawnSync('taskset', ['--version']).error ? [] : ['taskset', '-c', `${core}`]
  const [command = '', ...parts] = [...pin, ...commandOf(peer, port, folder)]
  const child = spawn(command, parts, { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await answering(port, child)
  return {
    port,
    used: () => usedBy(child.pid!),
    async stop() {
      child.kill(peer === 'kamailio' ? 'SIGTERM' : 'SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function commandOf(peer: Peer, port: number, folder: string): string[] {
  if (peer !== 'kamailio') return [process.execPath, import.meta.filename, peer, `${port}`]
  writeFileSync(join(folder, 'kamailio.cfg'), kamailio(port))
  // In the foreground; `children=1` is one worker for UDP.
  return ['kamailio', '-f', join(folder, 'kamailio.cfg'), '-DD', '-E', '-Y', folder, '-m', '128']
}

const kamailio = (port: number): string => `#!KAMAILIO
debug=-1
log_stderror=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:${port}
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "kex.so"
request_route {
  if (is_method("ACK")) { exit; }
  if (is_method("INVITE")) {
    sl_send_reply("100", "Trying");
    sl_send_reply("180", "Ringing");
    append_to_reply("Contact: <sip:uas@127.0.0.1:${port}>\\r\\n");
    set_reply_body("${sdp.replaceAll('\r\n', '\\r\\n')}", "application/sdp");
    sl_send_reply("200", "OK");
    exit;
  }
  sl_send_reply("200", "OK");
}
`

/** Kamailio's worker is a child of its first process: user and system time and memory of all of them. */
function usedBy(pid: number): { cpuMs: number; memoryMb: number } {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean)
  let cpuMs = 0
  let memoryMb = 0
  for (const one of [`${pid}`, ...children]) {
    const fields = readFileSync(`/proc/${one}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    cpuMs += 10 * (Number(fields[11]) + Number(fields[12]))
    memoryMb += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1] ?? 0) / 1024
  }
  return { cpuMs, memoryMb }
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const answer = new Promise<void>((resolve, reject) => {
    socket.once('message', () => resolve())
    child.once('close', () => reject(new Error('the peer ended before it answered')))
  })
  const ask = setInterval(() => {
    const from = `127.0.0.1:${socket.address().port}`
    const head = `OPTIONS sip:x@127.0.0.1:${port} SIP/2.0\r\nVia: SIP/2.0/UDP ${from};branch=z9hG4bKbench${Math.random()}\r\n`
    const rest = `From: <sip:b@${from}>;tag=b\r\nTo: <sip:x@127.0.0.1>\r\nCall-ID: bench\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 5\r\n`
    socket.send(`${head}${rest}Content-Length: 0\r\n\r\n`, port, '127.0.0.1')
  }, 100)
  try {
    await answer
  } finally {
    clearInterval(ask)
    socket.close()
  }
}

export function freePort(): Promise<number> {
  const socket = createSocket('udp4')
  return new Promise((resolve) => {
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })
}

async function serveOurs(port: number): Promise<void> {
  const stack = new SipStack({ clock: systemClock, faulted: (error) => console.error(error) })
  const body = Buffer.from(sdp)
  const quiet = { failed() {} }
  const session = { ended() {} }
  const agent = new UserAgent(stack, {
    onInvite(invite) {
      invite.listen(quiet, session)
      invite.transaction.respond(100)
      invite.ring()
      invite.accept(body)
    },
    onRequest: (transaction) => void transaction.respond(200),
  })
  await agent.stack.listen([{ transport: 'udp', host: '127.0.0.1', port }])
}

function serveNpm(port: number): void {
  const sip = createRequire(import.meta.url)('sip')
  sip.start({ port, address: '127.0.0.1', udp: true, tcp: false, publicAddress: '127.0.0.1' }, (request: NpmMessage) => {
    if (request.method === 'ACK') return
    if (request.method !== 'INVITE') return sip.send(sip.makeResponse(request, 200, 'OK'))
    sip.send(sip.makeResponse(request, 100, 'Trying'))
    request.headers.to.params['tag'] = Math.random().toString(36).slice(2)
    sip.send(sip.makeResponse(request, 180, 'Ringing'))
    const answer = sip.makeResponse(request, 200, 'OK')
    answer.headers.contact = [{ uri: `sip:uas@127.0.0.1:${port}` }]
    answer.headers['content-type'] = 'application/sdp'
    answer.content = sdp
    sip.send(answer)
  })
}

interface NpmMessage {
  method: string
  headers: { to: { params: Record<string, string> } }
}

if (process.argv[1] === import.meta.filename) {
  const [, , peer, port] = process.argv
  if (peer === 'ours') await serveOurs(Number(port))
  else serveNpm(Number(port))
}
