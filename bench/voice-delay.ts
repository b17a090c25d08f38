// Post-dial delay as a bare peer on both sides measures it: it calls, it is called, and it reads its own clock when its INVITE leaves and when the platform's
// arrives. Which belongs to which is said by the caller's number. Every call is refused as busy by the called side and then over.

import { createSocket, type Socket } from 'node:dgram'

export interface DelayWish {
  readonly sipPort: number
  /** Where the called side hears. */
  readonly calledPort: number
  readonly number: string
  readonly rate: number
  readonly calls: number
}

const sdp = (port: number): string =>
  `v=0\r\no=b 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`

const field = (text: string, name: string): string => new RegExp(`^${name}: *(.*)\r$`, 'im').exec(text)?.[1] ?? ''
/** All lines, in their order: Via may be there more than once. */
const fields = (text: string, name: string): string =>
  [...text.matchAll(new RegExp(`^${name}: *.*\r\n`, 'gim'))].map(([line]) => line).join('')

const answer = (request: string, status: string): string => {
  const to = field(request, 'To')
  const tag = to.includes('tag=') ? '' : ';tag=called'
  const same = `${fields(request, 'Via')}${fields(request, 'From')}To: ${to}${tag}\r\n${fields(request, 'Call-ID')}${fields(request, 'CSeq')}`
  return `SIP/2.0 ${status}\r\n${same}Content-Length: 0\r\n\r\n`
}

const open = (port: number): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.bind(port, '127.0.0.1', () => resolve(socket))
  })

/** Delays in ms, of the calls that arrived. */
export async function postDialDelays({ sipPort, calledPort, number, rate, calls }: DelayWish): Promise<number[]> {
  const [caller, called] = await Promise.all([open(0), open(calledPort)])
  const own = `127.0.0.1:${caller.address().port}`
  const sent = new Map<string, number>()
  const delays: number[] = []
  const send = (socket: Socket, text: string): void => socket.send(text, sipPort, '127.0.0.1')
  const head = (method: string, id: string, branch: string, to: string, cseq: number): string =>
    `${method} sip:${number}@127.0.0.1:${sipPort} SIP/2.0\r\nVia: SIP/2.0/UDP ${own};branch=z9hG4bK${id}${branch}\r\nFrom: <sip:${id}@${own}>;tag=${id.slice(1)}\r\n` +
    `To: ${to}\r\nCall-ID: ${id.slice(1)}-${own}\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:${id}@${own}>\r\nMax-Forwards: 70\r\n`

  called.on('message', (bytes) => {
    const text = bytes.toString()
    if (!text.startsWith('INVITE ')) return text.startsWith('ACK ') ? undefined : send(called, answer(text, '200 OK'))
    const id = /\+1310555\d+/.exec(field(text, 'From') + field(text, 'P-Asserted-Identity'))?.[0] ?? ''
    const at = sent.get(id)
    if (at !== undefined) delays.push(performance.now() - at)
    sent.delete(id)
    send(called, answer(text, '486 Busy Here'))
  })
  caller.on('message', (bytes) => {
    const text = bytes.toString()
    if (!text.startsWith('SIP/2.0 ')) return text.startsWith('ACK ') ? undefined : send(caller, answer(text, '200 OK'))
    const status = Number(text.slice(8, 11))
    if (status < 200 || !field(text, 'CSeq').endsWith('INVITE')) return
    const id = /\+1310555\d+/.exec(field(text, 'From'))?.[0] ?? ''
    send(caller, `${head('ACK', id, status < 300 ? 'a' : '', field(text, 'To'), 1)}Content-Length: 0\r\n\r\n`)
  })
  for (let n = 0; n < calls; n += 1) {
    const id = `+1310555${String(n).padStart(4, '0')}`
    const body = sdp(20_000)
    sent.set(id, performance.now())
    const lines = head('INVITE', id, '', `<sip:${number}@127.0.0.1:${sipPort}>`, 1)
    send(caller, `${lines}Content-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    await new Promise((resolve) => setTimeout(resolve, 1000 / rate))
  }
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  caller.close()
  called.close()
  return delays
}
