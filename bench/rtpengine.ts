// Debian's rtpengine as a peer to compare with: started in user space without a kernel table, told of calls over its ng protocol
// (bencoded dictionaries over UDP). It only passes packets on, as our relay does.

import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { systemClock } from '../src/values/clock.ts'
import { pinned } from './servers.ts'

const ngPort = 29_722
const ticksPerSecond = 100

type Plain = string | readonly string[] | { readonly [key: string]: Plain }

function bencode(value: Plain): string {
  if (typeof value === 'string') return `${Buffer.byteLength(value)}:${value}`
  if (Array.isArray(value)) return `l${value.map(bencode).join('')}e`
  return `d${Object.entries(value)
    .toSorted()
    .map(([key, each]) => bencode(key) + bencode(each as Plain))
    .join('')}e`
}

const sdp = (port: number): string =>
  ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP 0`, ''].join('\r\n')

export interface Rtpengine {
  /** One call between two; the ports that the first and the second are to send to. */
  call(id: number, first: number, second: number): Promise<[number, number]>
  /** Of its process, since its start. */
  cpuSeconds(): number
  stop(): Promise<void>
}

export async function startRtpengine(): Promise<Rtpengine> {
  const options = ['--table=-1', '--interface=127.0.0.1', `--listen-ng=127.0.0.1:${ngPort}`, '--foreground', '--log-stderr']
  const limits = ['--port-min=30000', '--port-max=39998', '--log-level=3', '--config-file=none']
  const [command, args] = pinned(0, ['rtpengine', ...options, ...limits])
  const child = spawn(command, args, { stdio: 'ignore' })
  const socket = createSocket('udp4')
  const waiting = new Map<string, (answer: string) => void>()
  socket.on('message', (datagram) => {
    const text = datagram.toString()
    waiting.get(text.slice(0, text.indexOf(' ')))?.(text)
  })
  let cookie = 0
  const ask = async (words: { readonly [key: string]: Plain }): Promise<string> => {
    cookie += 1
    const message = `${cookie} ${bencode(words)}`
    const answered = new Promise<string>((resolve) => waiting.set(String(cookie), resolve))
    for (let tried = 0; tried < 20; tried += 1) {
      socket.send(message, ngPort, '127.0.0.1')
      const answer = await Promise.race([answered, systemClock.sleep(250)])
      if (answer !== undefined) return answer
    }
    throw new Error('rtpengine does not answer')
  }
  const portOf = (answer: string): number => {
    const found = /m=audio (\d+)/.exec(answer)
    if (!found) throw new Error(`rtpengine: ${answer}`)
    return Number(found[1])
  }
  await ask({ command: 'ping' })
  return {
    async call(id, first, second) {
      const call = { 'call-id': `call-${id}`, 'from-tag': 'a', ICE: 'remove', replace: ['origin'] }
      const forSecond = portOf(await ask({ command: 'offer', sdp: sdp(first), ...call }))
      const forFirst = portOf(await ask({ command: 'answer', sdp: sdp(second), 'to-tag': 'b', ...call }))
      return [forFirst, forSecond]
    },
    cpuSeconds() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'latin1')
        .replace(/^.*\) /, '')
        .split(' ')
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
    },
    async stop() {
      socket.close()
      child.kill()
      await once(child, 'exit')
    },
  }
}
