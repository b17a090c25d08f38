// An MMS gateway as a program: takes messages by the protocol of docs/mms-carrier.md, fetches their media, rejects, delays and
// forgets by the last digits of the recipient, and tells receipts and inbound messages. Knows nothing of src/.
//   node mms-gateway.ts <secret> <base URL of the carrier's mount>
// Prints its port. GET /log gives what it took; POST /inbound makes it deliver a message; GET /cat.png is its only file.

import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const [secret = '', mount = ''] = process.argv.slice(2)

interface Taken {
  readonly id: string
  readonly to: string
  readonly ref: string
  times: number
  signatureGood: boolean
  readonly media: { type: string; size: number; status: number }[]
  readonly told: number[]
  readonly message: any
}
const byId = new Map<string, Taken>()

const mac = (what: string, seconds: string, body: string): string =>
  createHmac('sha256', secret).update(`${what}.${seconds}.${body}`).digest('hex')

async function tell(what: 'receipts' | 'inbound', value: object): Promise<{ status: number; body: any }> {
  const body = JSON.stringify(value)
  const seconds = String(Math.floor(Date.now() / 1000))
  const headers = {
    'content-type': 'application/json',
    'offhook-timestamp': seconds,
    'offhook-signature': `v1=${mac(what, seconds, body)}`,
  }
  const answer = await fetch(`${mount}/${what}`, { method: 'POST', headers, body })
  return { status: answer.status, body: await answer.json() }
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function answer(res: ServerResponse, status: number, value: object, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}

async function take(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = await bodyOf(req)
  const seconds = String(req.headers['offhook-timestamp'])
  const signatureGood = req.headers['offhook-signature'] === `v1=${mac('submit', seconds, body)}`
  if (!signatureGood) return answer(res, 401, { error: 'unauthorised' })
  const message = JSON.parse(body)
  const { id, to } = message as { id: string; to: string }
  const known = byId.get(id)
  if (known) known.times += 1
  const one: Taken = known ?? { id, to, ref: `MM-${id}`, times: 1, signatureGood, media: [], told: [], message }
  byId.set(id, one)
  const { ref } = one
  const way = to.slice(-4)
  if (way === '0002') return answer(res, 422, { error: 'media_rejected', message: 'no cats' })
  // Silent the first time; the message was taken all the same.
  if (way === '0003' && one.times === 1) return
  if (way === '0004' && one.times === 1) return void req.socket.destroy()
  if (way === '0005' && one.times === 1) return answer(res, 429, { error: 'throttled' }, { 'retry-after': '2' })
  if (way === '0007') return void res.writeHead(200).end('taken!')
  if (way === '0008') return answer(res, 503, {})
  if (way === '0009') return answer(res, 400, { error: 'strange' })
  if (known) return answer(res, 409, { ref })
  for (const { url } of message.media as { url: string }[]) {
    const file = await fetch(url)
    one.media.push({
      type: String(file.headers.get('content-type')),
      size: (await file.arrayBuffer()).byteLength,
      status: file.status,
    })
  }
  answer(res, 202, { ref, ...(way === '0006' && { receipt: false }) })
  if (!message.receipt || way === '0006') return
  const at = '2030-01-01T00:00:00Z'
  const receipts =
    way === '0010' ? [{ ref, state: 'undelivered', cause: 'recipient_unreachable', at }] : [{ ref, state: 'delivered', at }]
  one.told.push((await tell('receipts', { receipts: [{ ref, state: 'enroute' }, ...receipts] })).status)
}

const png = Buffer.from('\x89PNG\r\n\x1a\n from the network', 'latin1')

const server = createServer((req, res) => {
  if (req.method === 'GET' && req.url === '/log') return answer(res, 200, [...byId.values()])
  if (req.method === 'GET' && req.url === '/cat.png') return void res.writeHead(200, { 'content-type': 'image/png' }).end(png)
  if (req.method === 'POST' && req.url === '/inbound')
    return void bodyOf(req).then(async (body) => answer(res, 200, await tell('inbound', JSON.parse(body))))
  if (req.method === 'POST' && req.url === '/submit') return void take(req, res)
  answer(res, 404, {})
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
