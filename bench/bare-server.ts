// The peer that figures are set against: a bare node:http handler that parses the JSON it is sent and writes it back; a
// GET parses and writes the JSON that it was started with. It checks nothing, keeps nothing and knows nobody.
//
//   node bench/bare-server.ts '{"any":"json"}'

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const own = process.argv[2] ?? '{}'

const server = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => {
    const text = chunks.length === 0 ? own : Buffer.concat(chunks).toString('utf8')
    const body = JSON.stringify(JSON.parse(text))
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    res.end(body)
  })
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
