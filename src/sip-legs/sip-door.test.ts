// Strangers at the door: what they are answered, and what is held of them.

import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { after, test } from 'node:test'
import { Coming, listening, openDoor } from '../../test/sip-place.ts'

interface Stranger {
  readonly socket: Socket
  readonly answers: Coming<string>
  /** `lines` are headers beyond those that every request has. */
  ask(port: number, method: string, lines?: readonly string[]): Promise<string>
}

async function stranger(): Promise<Stranger> {
  const socket = createSocket('udp4')
  after(() => socket.close())
  await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound))
  const answers = new Coming<string>()
  socket.on('message', (bytes) => answers.push(bytes.toString()))
  let asked = 0
  return {
    socket,
    answers,
    ask(port, method, lines = []) {
      asked += 1
      const head = [
        `${method} sip:+4930222@127.0.0.1:${port} SIP/2.0`,
        `Via: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bK${asked};rport`,
        'From: <sip:ann@127.0.0.1>;tag=a',
        'To: <sip:ann@127.0.0.1>',
        `Call-ID: ${asked}`,
        `CSeq: ${asked} ${method}`,
        ...lines,
        'Content-Length: 0',
      ]
      socket.send(`${head.join('\r\n')}\r\n\r\n`, port, '127.0.0.1')
      return answers.next()
    },
  }
}

test('a stranger is answered once, and nothing is held of what it asked', async () => {
  const { door, port } = await listening(await openDoor())
  const { ask } = await stranger()
  for (const [method, status, lines] of [
    ['INVITE', 407, []],
    ['REGISTER', 401, []],
    ['OPTIONS', 200, []],
    ['INVITE', 420, ['Require: something']],
    ['INVITE', 403, [`Authorization: Digest username="ann", realm="test", nonce="n", uri="sip:x", response="0"`]],
  ] as const) {
    assert.match(await ask(port, method, lines), new RegExp(`^SIP/2.0 ${status} `))
    const { serverTransactions, absorbing } = door.stack.counts
    assert.deepEqual([method, serverTransactions, absorbing], [method, 0, 0])
  }
})
