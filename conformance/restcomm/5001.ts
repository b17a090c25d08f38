import assert from 'node:assert/strict'
import type { Answer, Scenario } from '../scenario.ts'
import { accountPath, openPhone, place, assertRefusedCall } from './calls.ts'
import { ask, newEmail } from './client.ts'
import { send, withNumber, withServer } from './messages.ts'

interface Asked {
  readonly kind: string
  readonly to?: string
  readonly numbers?: readonly string[]
  readonly name?: string
}

/** No cabs to that number, no numbers of that area, no account of that name. */
const isRefused = ({ to, numbers, name }: Asked): boolean =>
  to === '+13105550142' || name === 'Night Taxi' || (numbers ?? []).some((number) => number.startsWith('+1415'))

function assertBlocked(answer: Answer, more: object = {}): void {
  assert.equal(answer.status, 403, answer.text)
  assert.deepEqual(answer.json, { message: 'Extension Blocked Session', ...more, code: 5001 })
  assert.equal(answer.headers.get('offhook-reason'), 'policy.session_blocked')
  assert.match(answer.headers.get('offhook-error-id') ?? '', /^[0-9a-f-]{36}$/)
}

export const scenario: Scenario = {
  system: 'restcomm',
  code: '5001',
  title: "Send a message, call, take a number and make an account that the operator's decision point refuses",
  server: {},
  async run(world) {
    await withServer(
      (_, body, response) => {
        const asked = JSON.parse(body) as Asked
        response.end(JSON.stringify({ allow: !isRefused(asked), reason: 'no cabs at night' }))
      },
      async (url) => {
        await world.operator.restart({ OFFHOOK_POLICY_URL: url })
        await withNumber(world, async ({ phone }) => {
          assert.equal((await send(world, { From: phone, To: '+13105550141' })).status, 200)
          const refused = await send(world, { From: phone, To: '+13105550142' })
          assertBlocked(refused, { error: 'SMS_LIMIT_EXCEEDED' })
          assertBlocked(await place(world, { From: phone, To: '+13105550142', Url: 'http://127.0.0.1:9/voice' }))
          const numbers = `${accountPath(world)}/IncomingPhoneNumbers.json`
          assertBlocked(await ask(world, 'POST', numbers, { AreaCode: '415' }))
          const account = { FriendlyName: 'Night Taxi', EmailAddress: newEmail('night'), Password: 'Qp7!kz0_Lm4x' }
          assertBlocked(await ask(world, 'POST', '/Accounts.json', account))
          const caller = await openPhone(world, `${url}/voice`)
          const call = await caller.call('+13105550142')
          await assertRefusedCall(world, call, 403, { code: 5001, text: 'Extension Blocked Session' })
          world.keep(refused)
        })
      },
    )
  },
}
