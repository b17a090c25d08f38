// sipp from Debian (package sip-tester) as the other end of a call: a scenario, written here step by step, run for a bounded number of calls and time. Its exit
// code says whether each call went as the scenario has it.

import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { needs } from '../needs.ts'
import { freePort, freePorts } from '../ports.ts'
import { until } from '../until.ts'

/** Lines of a message; the last empty line before a body is added. */
export const send = (lines: readonly string[], body = '', attributes = ''): string => {
  const text = [...lines, `Content-Length: ${body === '' ? '0' : '[len]'}`, '', body].join('\n')
  return `<send ${attributes}><![CDATA[\n${text}\n]]></send>`
}

export const receive = (what: string, attributes = ''): string =>
  `<recv ${/^\d/.test(what) ? 'response' : 'request'}="${what}" ${attributes}/>`

/** What may come or not. */
export const maybe = (what: string): string => receive(what, 'optional="true"')

export const pause = (ms: number): string => `<pause milliseconds="${ms}"/>`

const sdp =
  'v=0\no=sipp 1 1 IN IP[media_ip_type] [media_ip]\ns=-\nc=IN IP[media_ip_type] [media_ip]\nt=0 0\nm=audio [media_port] RTP/AVP 0\na=rtpmap:0 PCMU/8000'

/** A request of the side that calls. */
export const request = (method: string, sequence: number, more: readonly string[] = [], withSdp = false): string =>
  send(
    [
      `${method} sip:service@[remote_ip]:[remote_port] SIP/2.0`,
      'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport',
      'From: <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]',
      `To: <sip:service@[remote_ip]:[remote_port]>${method === 'INVITE' || method === 'CANCEL' ? '' : '[peer_tag_param]'}`,
      'Call-ID: [call_id]',
      `CSeq: ${sequence} ${method}`,
      'Contact: <sip:sipp@[local_ip]:[local_port]>',
      'Max-Forwards: 70',
      ...more,
      ...(withSdp ? ['Content-Type: application/sdp'] : []),
    ],
    withSdp ? sdp : '',
    method === 'INVITE' || method === 'BYE' ? 'retrans="500"' : '',
  )

/** A response to the request that came last, or to the INVITE: with `cseq`. */
export const answer = (status: string, more: readonly string[] = [], withSdp = false, cseq = '[last_CSeq:]'): string =>
  send(
    [
      `SIP/2.0 ${status}`,
      '[last_Via:]',
      '[last_From:]',
      '[last_To:];tag=sipp[call_number]',
      '[last_Call-ID:]',
      cseq,
      'Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>',
      ...more,
      ...(withSdp ? ['Content-Type: application/sdp'] : []),
    ],
    withSdp ? sdp : '',
  )

/** As `answer`, within the dialog: To has its tag already. */
export const answerWithin = (status: string, more: readonly string[] = []): string =>
  send([`SIP/2.0 ${status}`, '[last_Via:]', '[last_From:]', '[last_To:]', '[last_Call-ID:]', '[last_CSeq:]', ...more])

export interface SippOptions {
  /** Steps, or the name of one that is built in: `uac`, `uas`. */
  readonly scenario: readonly string[] | 'uac' | 'uas'
  /** Whom it calls; none when it is called. */
  readonly port?: number | undefined
  /** Its own port; absent: one of the claimed ones. */
  readonly localPort?: number | undefined
  readonly transport?: 'udp' | 'tcp' | undefined
  readonly calls?: number | undefined
  readonly rate?: number | undefined
  readonly timeoutSeconds?: number | undefined
}

export interface SippRun {
  /** 0: every call went as it should. */
  readonly code: number | null
  /** What it says was wrong; empty for 0. */
  readonly trouble: string
}

/** Resolves once somebody takes datagrams there: what is sent before is lost, and with a short T1 soon given up. */
export async function isThere(port: number): Promise<void> {
  const own = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `
  await until(() => readFileSync('/proc/net/udp', 'latin1').includes(own))
}

export async function runSipp(options: SippOptions): Promise<SippRun> {
  needs('sipp', 'sip-tester')
  const { scenario, port, calls = 1, rate = 50, timeoutSeconds = 60, transport = 'udp' } = options
  const folder = mkdtempSync(join(tmpdir(), 'offhook-sipp-'))
  const what = ['-m', `${calls}`, '-r', `${rate}`, '-timeout', `${timeoutSeconds}s`, '-timeout_error', '-nostdin', '-trace_err']
  if (typeof scenario === 'string') what.push('-sn', scenario)
  else {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="test">\n${scenario.join('\n')}\n</scenario>\n`
    writeFileSync(join(folder, 'scenario.xml'), xml)
    what.push('-sf', join(folder, 'scenario.xml'))
  }
  const localPort = options.localPort ?? (await freePort())
  // It wants two more above it.
  const [mediaPort] = await freePorts(3)
  const where = ['-i', '127.0.0.1', '-p', `${localPort}`, '-mi', '127.0.0.1', '-mp', `${mediaPort}`]
  where.push('-t', transport === 'tcp' ? 't1' : 'u1')
  if (port !== undefined) where.push(`127.0.0.1:${port}`)
  const child = spawn('sipp', [...what, ...where], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  after(() => child.kill('SIGKILL'))
  let told = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (told += chunk))
  const limit = setTimeout(() => child.kill('SIGKILL'), (timeoutSeconds + 5) * 1000)
  return await new Promise<SippRun>((resolve) => {
    child.once('close', (code) => {
      clearTimeout(limit)
      const errors = readdirSync(folder).filter((name) => name.endsWith('_errors.log'))
      const trouble = errors.map((name) => readFileSync(join(folder, name), 'utf8')).join('') + told.slice(-3000)
      rmSync(folder, { recursive: true, force: true })
      resolve({ code, trouble: code === 0 ? '' : trouble })
    })
  })
}
