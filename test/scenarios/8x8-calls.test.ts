// Callflows at this vendor's door, over the running program and the handsets of the pretend network: begun by a request, and by what the
// hook for call actions answers; told by the hooks of voice to the end.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startWebhookServer, type WebhookServer } from '../fakes/webhook-server.ts'
import { newFolder, startProgram } from '../program.ts'
import { until } from '../until.ts'

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\dZ$/
const answers = '13105550121'
const busy = '13105550122'
const presses = '13105550132'
const voiceProfile = 'en-US-Female'

async function openDoor(t: TestContext) {
  const data = newFolder()
  const program = await startProgram(t, data)
  const credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const { apiKey, subAccountId } = credentials['8x8']
  const asks =
    (base: string, headers: Record<string, string>) =>
    async (method: string, path: string, body?: unknown): Promise<{ status: number; json: any; text: string }> => {
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const answer = await fetch(base + path, {
        method,
        headers: { ...headers, ...type },
        ...(body !== undefined && { body: text }),
      })
      const told = await answer.text()
      return { status: answer.status, text: told, json: told === '' ? undefined : JSON.parse(told) }
    }
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
  const voice = asks(`${program.url}/8x8/api/v1/subaccounts/${subAccountId}`, bearer(apiKey))
  const owner = asks(`${program.url}/v1`, bearer(credentials.api.key))
  const sub = (await owner('GET', '/accounts')).json.items.find(({ name }: any) => name === 'Sandbox main')
  const own = asks(`${program.url}/v1`, { ...bearer(credentials.api.key), 'offhook-account': sub.id })
  const bought = await own('POST', '/numbers', { country: 'US', type: 'local' })
  assert.ok(bought.status < 300, bought.text)
  const number: string = bought.json.items[0].number
  return { voice, own, subAccountId, number: number.slice(1), program }
}

const said = (server: WebhookServer, eventType?: string): any[] =>
  server.heard
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => JSON.parse(body))
    .filter((one) => eventType === undefined || one.eventType === eventType)

const summary = (server: WebhookServer, sessionId: string): Promise<any> =>
  until(
    () => said(server, 'SESSION_SUMMARY').find(({ payload }) => payload.sessionId === sessionId)?.payload,
    (found) => found !== undefined,
  )

test('callflows', { timeout: 120_000 }, async (t) => {
  const door = await openDoor(t)
  const { voice, own, number, subAccountId } = door
  const server = await startWebhookServer()
  const makeCall = { action: 'makeCall', params: { source: number, destination: answers } }
  const hook = async (type: string): Promise<void> => {
    const set = await voice('POST', '/webhooks', { type, url: `${server.url}/${type}`, httpAuthHeader: 'Basic eDp5' })
    assert.equal(set.status, 200, set.text)
  }
  await hook('VCS')
  await hook('VSS')
  await hook('VRU')

  await t.test('what is wrong with one is told by this vendor’s number, and nothing is called', async () => {
    const say = (params: object) => [makeCall, { action: 'say', params: { text: 'hi', voiceProfile, ...params } }]
    const capture = (params: object) => [
      makeCall,
      { action: 'sayAndCapture', params: { promptMessage: 'hi', voiceProfile, ...params } },
    ]
    const wrong: [number, number, unknown][] = [
      [400, -1001, '{"callflow":'],
      [400, -1009, {}],
      [400, -1009, { callflow: [makeCall], validUntil: '2999' }],
      [400, -1009, { callflow: [] }],
      [422, -1013, { callflow: say({}).slice(1) }],
      [400, -1007, { callflow: [makeCall, { action: 'dance' }] }],
      [400, -1002, { callflow: say({ voiceProfile: 'xx-XX-Zoe' }) }],
      [400, -1009, { callflow: say({ repetition: 4 }) }],
      [422, -1016, { callflow: say({ text: 'a\u0007b' }) }],
      [400, -1003, { callflow: capture({ minDigits: 1 }) }],
      [400, -1005, { callflow: capture({ digitTimeout: 100 }) }],
      [400, -1006, { callflow: capture({ digitTimeout: 100, overallTimeout: 100 }) }],
      [400, -1008, { callflow: capture({ completeOnHash: false }) }],
      [400, -1004, { callflow: capture({}) }],
      [422, -1010, { callflow: [makeCall, makeCall, makeCall] }],
      [422, -1011, { callflow: [{ action: 'makeCall', params: { source: number, destination: [answers, busy] } }] }],
      [422, -1012, { callflow: [makeCall, { action: 'hangup' }, makeCall] }],
      [422, -1014, { callflow: [{ action: 'makeCall', params: { source: '14155550199', destination: answers } }] }],
      [422, -1014, { callflow: [{ action: 'makeCall', params: { source: '12ab', destination: answers } }] }],
      [422, -1015, { callflow: [makeCall], validUntil: '2020-01-01T00:00:00.000Z' }],
      [422, -1017, { callflow: [{ action: 'makeCall', params: { source: number, destination: '12ab' } }] }],
    ]
    for (const [status, code, body] of wrong) {
      const answer = await voice('POST', '/callflows', body)
      const { callFlowRequestId, statusMessage, ...more } = answer.json
      assert.deepEqual([answer.status, more], [status, { sessionStatus: 'NOT_CREATED', statusCode: code }], answer.text)
      assert.match(callFlowRequestId, guid)
      assert.ok(statusMessage.length > 0)
    }
    assert.deepEqual((await own('GET', '/calls')).json.items, [])
  })

  await t.test('a call, a voice, a second call bridged, recorded, and told step by step', async () => {
    const validUntil = new Date(Date.now() + 3_600_000).toISOString()
    const second = { action: 'makeCall', params: { source: number, destination: '13105550128', callRecording: true } }
    const say = { action: 'say', params: { text: 'Connecting.', voiceProfile, speed: 2 } }
    const started = await voice('POST', '/callflows', {
      validUntil,
      clientRequestId: 'order-1',
      callflow: [makeCall, say, second],
    })
    assert.equal(started.status, 200, started.text)
    const { sessionId, callFlowRequestId, ...more } = started.json
    assert.match(sessionId, guid)
    assert.match(callFlowRequestId, guid)
    assert.deepEqual(more, {
      sessionStatus: 'CREATED',
      statusCode: 1,
      statusMessage: 'Created',
      validUntil: `${validUntil.slice(0, 22)}Z`,
    })
    const told = await summary(server, sessionId)
    assert.deepEqual([told.sessionStatus, told.callCount, told.lastAction], ['COMPLETED', 2, 'MAKE_CALL'])
    assert.equal(told.clientRequestId, 'order-1')
    assert.match(told.details.callB.connectedTimestamp, time)
    const firsts = () => said(server, 'CALL_STATUS').filter(({ payload }) => payload.destination === `+${answers}`)
    const steps = (await until(firsts, (all) => all.length >= 3)).map(({ payload }) => payload)
    const ofFirst = steps.map(({ callStatus }) => callStatus)
    assert.deepEqual(ofFirst, ['CALL_INITIATED', 'CALL_CONNECTED', 'CALL_DISCONNECTED'])
    const [step] = steps
    const { eventId, callId, timestamp, sourceRefId, ...leg } = step
    for (const id of [eventId, callId, sourceRefId]) assert.match(id, guid)
    assert.match(timestamp, time)
    assert.deepEqual(leg, {
      sessionId,
      subAccountId,
      callStatus: 'CALL_INITIATED',
      callDirection: 'OUTBOUND',
      callType: 'PSTN',
      source: `+${number}`,
      destination: `+${answers}`,
      sourceFormat: 'MSISDN',
      destinationFormat: 'MSISDN',
      sourceCountryCode: 'US',
      destinationCountryCode: 'US',
      callDuration: 0,
      sipCode: 200,
    })
    assert.equal(told.details.callA.callId, callId)
    assert.equal((await voice('GET', `/numbers/${number}`)).json.payload.referenceId, sourceRefId)
    assert.ok(server.heard.every(({ headers }) => headers['authorization'] === 'Basic eDp5'))
    const [recorded] = await until(
      () => said(server, 'CALL_RECORDING_STATUS'),
      (found) => found.length > 0,
    )
    assert.deepEqual([recorded.payload.sessionId, recorded.payload.status], [sessionId, 'UPLOAD_COMPLETED'])
    const sound = await fetch(recorded.payload.filePath)
    assert.equal(Buffer.from(await sound.arrayBuffer()).toString('latin1', 0, 4), 'RIFF')
    const list = await voice('GET', `/recordings/${sessionId}`)
    assert.deepEqual(
      list.json.recordings.map(({ recordingId, status, externalFileUrl }: any) => [recordingId, status, externalFileUrl]),
      [[recorded.payload.recordingId, 'UPLOAD_COMPLETED', recorded.payload.filePath]],
    )
    assert.deepEqual((await voice('GET', `/recordings/${sessionId.toUpperCase()}`)).json, list.json)
    assert.equal((await voice('GET', '/recordings/00000000-0000-4000-8000-000000000000')).status, 404)
  })

  await t.test('a file that cannot be had ends the session with an error of its own', async () => {
    const playFile = { action: 'playFile', params: { fileUrl: `${server.url}/missing.wav` } }
    server.answer = (response, { path }) => void response.writeHead(path === '/missing.wav' ? 404 : 200).end()
    const { sessionId } = (await voice('POST', '/callflows', { callflow: [makeCall, playFile] })).json
    const told = await summary(server, sessionId)
    assert.deepEqual([told.sessionStatus, told.lastAction, told.errorDetails.errorCode], ['ERROR', 'PLAY_FILE', -2006])
  })

  await t.test('whoever calls the number is served by what the hook answers: keys, and a call that is bridged', async () => {
    await hook('VCA')
    const flows: Record<string, object> = {
      CALL_RECEIVED: {
        clientActionId: 'menu',
        callflow: [
          { action: 'sayAndCapture', params: { promptMessage: 'Your code?', voiceProfile, maxDigits: 4, overallTimeout: 9000 } },
          { action: 'hangup' },
        ],
      },
      ACTION_COMPLETED: { callflow: [{ action: 'makeCall', params: { source: number, destination: busy } }] },
    }
    let isBridged = false
    server.answer = (response, { path, body }) => {
      if (path !== '/VCA') return void response.end()
      const { callStatus } = JSON.parse(body).payload
      const reply = isBridged ? {} : flows[callStatus]
      if (callStatus === 'ACTION_COMPLETED') isBridged = true
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(reply))
    }
    const placed = await own('POST', `/handsets/+${presses}/calls`, { to: `+${number}`, press: '1234' })
    assert.equal(placed.status, 201, placed.text)
    const [received, captured] = await until(
      () => said(server, 'CALL_ACTION'),
      (asked) => asked.length >= 3,
    )
    assert.deepEqual([received.payload.callStatus, received.payload.callDirection], ['CALL_RECEIVED', 'INBOUND'])
    assert.equal(received.payload.destination, `+${number}`)
    assert.deepEqual([captured.payload.eventData.dtmf, captured.payload.clientActionId], ['1234', 'menu'])
    assert.deepEqual(Object.keys(captured.payload).slice(-4), ['eventData', 'sipCode', 'timestamp', 'clientActionId'])
    const told = await summary(server, received.payload.sessionId)
    assert.deepEqual([told.sessionStatus, told.callCount, told.lastAction], ['BUSY', 2, 'MAKE_CALL'])
    assert.equal(told.details.callA.destinationRefId, received.payload.destinationRefId)
  })

  await t.test('a hook that answers with a fault ends the session with an error', async () => {
    server.answer = (response, { path }) => void response.end(path === '/VCA' ? '{"callflow":[{"action":"dance"}]}' : '')
    const before = said(server, 'SESSION_SUMMARY').length
    await own('POST', `/handsets/+${presses}/calls`, { to: `+${number}` })
    const all = await until(
      () => said(server, 'SESSION_SUMMARY'),
      (found) => found.length > before,
    )
    const { payload } = all.at(-1)
    assert.deepEqual([payload.sessionStatus, payload.errorDetails.errorCode], ['ERROR', -2003])
  })

  await t.test('a number that is bought, renamed and given back is told to who watches numbers', async () => {
    await hook('VNU')
    const { json } = await own('POST', '/numbers', { country: 'US', type: 'local' })
    const [bought] = json.items
    const told = (fits: (payload: any) => boolean) =>
      until(
        () =>
          said(server, 'VIRTUAL_NUMBER_UPDATE')
            .map(({ payload }) => payload)
            .filter(({ virtualNumbers }) => virtualNumbers[0].msisdn === bought.number)
            .find(fits),
        (found) => found !== undefined,
      )
    const { virtualNumbers, ...more } = await told(() => true)
    assert.deepEqual(more, { subAccountId, totalNumbers: 2, updateEventType: 'UPDATES' })
    assert.deepEqual([virtualNumbers[0].operationalStatus, virtualNumbers[0].updateStatus], ['Active', 'UPDATED'])
    assert.match(virtualNumbers[0].updatedTimestamp, time)
    assert.equal((await own('DELETE', `/numbers/${bought.id}`)).status, 200)
    const gone = await told(({ virtualNumbers: [one] }) => one.operationalStatus === 'Inactive')
    assert.equal(gone.totalNumbers, 1)
    assert.ok(!('dateCreated' in gone.virtualNumbers[0]))
  })

  await t.test('voices', async () => {
    const { speechProfiles, ...more } = (await voice('GET', '/speech-profiles')).json
    assert.deepEqual(more, { statusCode: 0, statusMessage: 'ok' })
    assert.deepEqual(
      speechProfiles.find(({ speechProfileCode }: any) => speechProfileCode === voiceProfile),
      { speechProfileCode: voiceProfile, localeCode: 'en-US', localeDescription: 'American English', gender: 'F' },
    )
  })
})
