// Programs of others that speak SIP, for tests: sipp with a scenario, baresip as a phone. Each in a folder of its own that goes with it.

import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { needs } from './needs.ts'
import { claimPorts, freePort, freePorts } from './ports.ts'
import { coming } from './until.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'offhook-sip-'))
  after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export interface SippRun {
  /** 0: every call went as its scenario says. */
  readonly code: number
  readonly output: string
  /** What went over the wire. */
  readonly messages: string
}

export interface SippOptions {
  /** XML; absent: the built-in `uac`. */
  readonly scenario?: string
  /** Where to; absent for a scenario that waits. */
  readonly to?: number
  readonly port?: number
  readonly calls?: number
  readonly rate?: number
  readonly user?: string
  readonly more?: readonly string[]
}

/** Runs sipp until its calls are over. */
export async function sipp({
  scenario,
  to,
  port,
  calls = 1,
  rate = 10,
  user = '+4930222',
  more = [],
}: SippOptions): Promise<SippRun> {
  needs('sipp', 'sip-tester')
  const cwd = folder()
  const messages = join(cwd, 'messages.log')
  if (scenario !== undefined) writeFileSync(join(cwd, 'scenario.xml'), scenario)
  const local = String(port ?? (await freePort()))
  // It wants two more above it.
  const [sound] = await freePorts(3)
  const args = [
    ...(to === undefined ? [] : [`127.0.0.1:${to}`]),
    ...(scenario === undefined ? ['-sn', 'uac', '-d', '100'] : ['-sf', 'scenario.xml']),
    '-i',
    '127.0.0.1',
    '-p',
    local,
    '-mi',
    '127.0.0.1',
    '-mp',
    String(sound),
    '-m',
    String(calls),
    '-r',
    String(rate),
    '-s',
    user,
    '-nostdin',
    '-timeout',
    '120s',
    '-timeout_error',
    '-trace_msg',
    '-message_file',
    messages,
    '-trace_err',
    ...more,
  ]
  return await new Promise((resolve) => {
    const child = execFile('sipp', args, { cwd, timeout: 150_000, env: { TERM: 'xterm' } }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, output: `${stdout}${stderr}`, messages: existsSync(messages) ? readFileSync(messages, 'utf8') : '' })
    })
    // Its port is the next test's.
    after(() => child.kill('SIGKILL'))
  })
}

/** A scenario of sipp from its steps. */
export const scenarioOf = (steps: string): string => `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="test">
${steps}
</scenario>
`

/** Mono, 8 kHz, 16 bits. */
function toneWav(hz: number, seconds: number): Buffer {
  const samples = 8000 * seconds
  const wav = Buffer.alloc(44 + samples * 2)
  wav.write('RIFF', 0)
  wav.writeUInt32LE(36 + samples * 2, 4)
  wav.write('WAVEfmt ', 8)
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(8000, 24)
  wav.writeUInt32LE(16_000, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36)
  wav.writeUInt32LE(samples * 2, 40)
  for (let at = 0; at < samples; at += 1)
    wav.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * hz * at) / 8000)), 44 + at * 2)
  return wav
}

/** A phone's program with its words. */
export interface Phone {
  readonly process: ChildProcess
  /** All it ever said. */
  readonly said: () => string
  /** Resolves when it has said it. */
  says(what: RegExp): Promise<string>
  /** Types a command, such as `/dial sip:...`. */
  type(command: string): void
}

export interface BaresipOptions {
  /** Lines of its accounts file. */
  readonly account: string
  readonly more?: string
}

/** A phone that plays a tone instead of a microphone, and answers by itself where its account says so. */
export async function baresip({ account, more = '' }: BaresipOptions): Promise<Phone> {
  needs('baresip', 'baresip-core')
  const home = folder()
  mkdirSync(home, { recursive: true })
  // It takes the port after its own for TLS, too.
  const [port] = await freePorts(2)
  const sound = await claimPorts(20)
  writeFileSync(join(home, 'accounts'), `${account}\n`)
  writeFileSync(join(home, 'contacts'), '')
  // It hangs up where its microphone comes to an end: longer than any test waits for the end of a call.
  writeFileSync(join(home, 'tone.wav'), toneWav(440, 120))
  writeFileSync(
    join(home, 'config'),
    `sip_listen 127.0.0.1:${port}
audio_player aubridge,void
audio_source aufile,${join(home, 'tone.wav')}
audio_alert aubridge,void
net_interface 127.0.0.1
rtp_ports ${sound.text}
module_path /usr/lib/baresip/modules
module stdio.so
module g711.so
module aufile.so
module aubridge.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
${more}`,
  )
  return phoneOf('baresip', ['-f', home, '-v'], home)
}

/** The command line of linphone: `register`, `call`, `terminate`. It has no sound. */
export async function linphone(): Promise<Phone> {
  needs('linphonec', 'linphone-cli')
  const home = folder()
  for (const one of ['.local/share/linphone', '.config/linphone']) mkdirSync(join(home, one), { recursive: true })
  const rc = join(home, 'rc')
  writeFileSync(
    rc,
    `[sip]
sip_port=${await freePort()}
use_ipv6=0
[rtp]
audio_rtp_port=${await freePort()}
[video]
enabled=0
automatically_initiate=0
automatically_accept=0
`,
  )
  return phoneOf('linphonec', ['-c', rc], home)
}

function phoneOf(program: string, args: readonly string[], home: string): Phone {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { TERM: 'dumb', HOME: home } })
  after(() => child.kill('SIGKILL'))
  let text = ''
  const waiting = new Set<() => void>()
  const take = (chunk: Buffer): void => {
    text += chunk.toString('utf8')
    for (const look of waiting) look()
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return {
    process: child,
    said: () => text,
    says(what) {
      const found = new Promise<string>((resolve, reject) => {
        const look = (): void => {
          const words = what.exec(text)
          if (!words) return
          waiting.delete(look)
          resolve(words[0])
        }
        const ended = (): void => reject(new Error(`${program} ended:\n${text}`))
        waiting.add(look)
        look()
        if (child.exitCode === null && child.signalCode === null) child.once('exit', ended)
        else ended()
      })
      return coming(() => `${program} to say ${String(what)}, after:\n${text}`, found)
    },
    type: (command) => void child.stdin.write(`${command}\n`),
  }
}
