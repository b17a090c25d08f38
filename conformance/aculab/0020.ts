import type { Scenario } from '../scenario.ts'
import { ownLogin, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0020',
  title: 'Send a body in chunks, without its length',
  async run(world) {
    const head = [
      'POST /aculab/tel_purchase HTTP/1.1',
      'host: 127.0.0.1',
      `authorization: ${ownLogin(world)}`,
      'accept: application/json',
    ]
    const body = [
      'content-type: application/x-www-form-urlencoded',
      'transfer-encoding: chunked',
      '',
      'f',
      'country=Germany',
      '0',
      '',
      '',
    ]
    const answer = await world.raw([...head, ...body].join('\r\n'))
    refused(answer, {
      code: '0020',
      status: 411,
      reason: 'request.content_length_missing',
      text: /Content-Length/,
      url: '/tel_purchase',
    })
  },
}
