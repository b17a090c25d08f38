import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { catalogue } from '#reasons/catalogue.ts'
import { dictionaries, systems } from './dictionaries.ts'
import { explain, lookup } from './explain.ts'
import type { Said } from './explain.ts'
import { furtherCodes, oauthWords } from './further-codes.ts'
import { httpStatuses } from './network.ts'

function reasonOf<From extends keyof Said>(from: From, said: Said[From]): string | undefined {
  return explain(from, said)?.reason
}

test('Aculab: JSON, HTML, XML and the form without a code', () => {
  const json = {
    error: { code: '0405', text: 'The token cannot be used.', datetime: '2024-03-05_14:07:09', link: 'x' },
    request: { url: '/f' },
  }
  assert.equal(reasonOf('aculab', { status: 404, body: json }), 'file.token_invalid')
  assert.equal(reasonOf('aculab', { status: 404, body: JSON.stringify(json) }), 'file.token_invalid')
  assert.equal(
    reasonOf('aculab', { status: 403, body: '<html><title>403</title><body>0701 : opted out</body></html>' }),
    'message.recipient_opted_out',
  )
  assert.equal(
    reasonOf('aculab', { status: 401, body: '<?xml version="1.0"?><error><code>0022</code></error>' }),
    'auth.credentials_invalid',
  )
  const bare = explain('aculab', { status: 409, body: { error: { code: 'HTTP 409', text: 'Conflict: again' } } })
  assert.equal(bare?.reason, 'resource.conflict')
  assert.equal(bare?.matches[0]?.confidence, 'guess')
  assert.equal(bare?.words, 'Conflict: again')
})

test('Restcomm: JSON, XML, a record, a plain sentence, a failed purchase', () => {
  assert.equal(
    reasonOf('restcomm', { status: 404, body: { code: 3201, message: 'Application not found' } }),
    'application.not_found',
  )
  assert.equal(
    reasonOf('restcomm', { status: 403, body: '<RestcommResponse><Message>Account not active</Message></RestcommResponse>' }),
    'account.not_active',
  )
  const record = explain('restcomm', { status: 200, body: { status: 'failed', error_code: 30006 } })
  assert.equal(record?.reason, 'message.landline')
  assert.ok(record?.ambiguous && record.alternatives.includes('message.carrier_unreachable'))
  assert.equal(reasonOf('restcomm', { status: 400, body: 'Number not bound (Voice)' }), 'number.not_bound')
  assert.equal(reasonOf('restcomm', { status: 400, body: '21452' }), 'provisioning.data_invalid')
  assert.equal(explain('restcomm', { status: 400, body: 'From can not be null.' })?.matches[0]?.confidence, 'guess')
})

test('Toku: a result, and the OAuth body of the token endpoint', () => {
  const low = explain('toku', { status: 402, body: { result: -1100, result_desc: 'low credit balance' } })
  assert.equal(low?.reason, 'credit.insufficient')
  assert.equal(low?.equivalents.aculab.code, '0101')
  assert.ok(low?.equivalents.aculab.exact)
  assert.equal(reasonOf('toku', { status: 401, body: { error: 'invalid_client' } }), 'auth.client_credentials_invalid')
  assert.equal(
    reasonOf('toku', { status: 400, body: '{"result":-305,"result_desc":"parameter missing","param":"to"}' }),
    'request.parameter_missing',
  )
  assert.equal(explain('toku', { body: { result: -305, param: 'to' } })?.detail, 'The parameter to is required and missing.')
  assert.equal(reasonOf('toku', { body: { result: 0 } }), 'outcome.success')
})

test('8x8: body numbers, the list, voice bodies', () => {
  const gone = { code: 1300, message: 'x', errorId: '5f0d7c0e-9c1b-4a8e-9a55-20f6b1a2c7d4', timestamp: '2024-03-09T11:24:05.37Z' }
  assert.equal(reasonOf('8x8', { status: 404, body: gone }), 'resource.not_found')
  assert.equal(reasonOf('8x8', { status: 401, body: { code: 1200, message: 'x' } }), 'auth.credentials_invalid')
  assert.equal(reasonOf('8x8', { status: 400, body: { code: 1002, message: 'x' } }), 'number.invalid')
  assert.equal(reasonOf('8x8', { status: 429, body: { code: 429, message: 'x' } }), 'rate.limit_exceeded')
  assert.equal(reasonOf('8x8', { status: 422, body: { statusCode: '-1017', statusMessage: 'x' } }), 'destination.invalid')
  assert.equal(explain('8x8', { status: 422 })?.matches[0]?.confidence, 'likely')
})

test('RingCentral: errors[], old words, OAuth, newer codes', () => {
  const one = explain('ringcentral', {
    status: 400,
    body: {
      errorCode: 'InvalidParameter',
      message: 'm',
      errors: [
        { errorCode: 'CMN-101', message: 'm', parameterName: 'to', parameterValue: '12' },
        { errorCode: 'MSG-245', message: 'n' },
      ],
    },
  })
  assert.equal(one?.reason, 'request.parameter_invalid')
  assert.equal(one?.detail, 'The value 12 of the parameter to is not acceptable.')
  assert.deepEqual(
    one?.matches.map((match) => match.code),
    ['CMN-101', 'MSG-245'],
  )
  assert.equal(
    reasonOf('ringcentral', { status: 401, body: { errorCode: 'TokenInvalid', message: 'm' } }),
    'auth.token_malformed',
  )
  const grant = { error: 'invalid_grant', error_description: 'd', errors: [{ errorCode: 'OAU-140', message: 'd' }] }
  assert.equal(reasonOf('ringcentral', { status: 400, body: grant }), 'auth.credentials_invalid')
  assert.equal(
    reasonOf('ringcentral', { status: 400, body: { errors: [{ errorCode: 'OAU-153', message: 'd' }] } }),
    'oauth.application_id_wrong',
  )
})

test('our own header settles it, whatever the fallback says', () => {
  const said = explain('toku', { status: 409, headers: { 'Offhook-Reason': 'resource.conflict' }, body: { result: -1 } })
  assert.equal(said?.reason, 'resource.conflict')
  assert.deepEqual(said?.matches.map((match) => match.system).slice(0, 1), ['offhook'])
})

test('SIP: Reason headers of both kinds, and the status alone', () => {
  const reason = 'Q.850;cause=3, CPaaS;cause=3102;text="Number not bound (Voice), \\"x\\""'
  const both = explain('sip', { status: 404, headers: { reason } })
  assert.equal(both?.reason, 'number.not_bound')
  assert.equal(both?.words, 'Number not bound (Voice), "x"')
  assert.equal(reasonOf('sip', { status: 480, headers: { Reason: ['SIP;cause=486', 'Q.850;cause=17'] } }), 'call.busy')
  assert.equal(reasonOf('sip', { status: 603 }), 'call.declined')
  assert.equal(reasonOf('q850', { cause: 16 }), 'call.completed')
})

test('SMPP and receipts', () => {
  for (const commandStatus of [0x58, '0x58', '00000058', '88'])
    assert.equal(reasonOf('smpp', { commandStatus }), 'message.carrier_throttled')
  assert.equal(reasonOf('receipt', { stat: 'DELIVRD', err: '001' }), 'outcome.success')
  assert.equal(reasonOf('receipt', { stat: 'UNDELIV', err: 1 }), 'message.handset_unknown')
  assert.equal(reasonOf('receipt', { stat: 'EXPIRED', err: '000' }), 'message.handset_unreachable')
  assert.equal(explain('smpp', { commandStatus: 0x4ff }), undefined)
})

test('every code is found by itself and with its system, and leads to its reason', () => {
  for (const system of systems) {
    for (const [code, entry] of Object.entries(dictionaries[system].entries)) {
      assert.equal(lookup(`${system}/${code}`).matches[0]?.reason, entry.reason)
      assert.ok(lookup(code).matches.some((match) => match.system === system && match.reason === entry.reason))
    }
  }
  for (const slug of Object.keys(catalogue)) assert.equal(lookup(slug).matches[0]?.reason, slug)
})

test('every code is understood in the answer of its own vendor', () => {
  for (const [code, entry] of Object.entries(dictionaries.restcomm.entries))
    assert.equal(reasonOf('restcomm', { body: { code } }), entry.reason)
  for (const [code, entry] of Object.entries(dictionaries.toku.entries))
    assert.equal(reasonOf('toku', { body: { result: Number(code) } }), entry.reason)
  for (const [code, entry] of Object.entries(dictionaries.aculab.entries))
    assert.equal(reasonOf('aculab', { body: { error: { code } } }), entry.reason)
  for (const [code, entry] of Object.entries(dictionaries.ringcentral.entries)) {
    assert.equal(reasonOf('ringcentral', { body: { errors: [{ errorCode: code, message: '' }] } }), entry.reason)
  }
  for (const [code, entry] of Object.entries(dictionaries['8x8'].entries)) {
    assert.equal(reasonOf('8x8', code === '1300' ? { body: { code } } : { status: Number(code) }), entry.reason)
  }
})

test('nothing in an answer makes it fail', () => {
  const bodies = [
    null,
    undefined,
    '',
    '[]',
    '[1]',
    '{',
    '{"error":null}',
    [[]],
    { errors: [null, 5] },
    { result: {} },
    '<',
    '<a'.repeat(5000),
    'constructor',
    { code: '__proto__' },
  ]
  for (const system of systems)
    for (const body of bodies) explain(system, { status: 599, body, headers: { 'offhook-reason': 'toString' } })
  explain('sip', { status: 699, headers: { reason: 'Q.850;cause=x;text="' } })
  assert.equal(explain('aculab', { status: 599 }), undefined)
})

test('the tables name only reasons that exist, and no further code is in a dictionary', () => {
  const named = [
    ...Object.values(httpStatuses),
    ...Object.values(oauthWords),
    ...systems.flatMap((system) => Object.values(furtherCodes[system])),
  ]
  for (const slug of named) assert.ok(slug in catalogue, slug)
  for (const system of systems)
    for (const code of Object.keys(furtherCodes[system])) assert.ok(!(code in dictionaries[system].entries), `${system}/${code}`)
})

test('the library needs neither node nor a package', () => {
  const read = new Set<string>()
  const walk = (file: URL): void => {
    if (read.has(file.href)) return
    read.add(file.href)
    for (const [, from] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)(?! type)[^'\n]* from '([^']+)'/gm)) {
      assert.match(from!, /^(\.\/|#(reasons|explain|values|dialects)\/)/, file.pathname)
      walk(new URL(from!.startsWith('#') ? `../${from!.slice(1)}` : from!, from!.startsWith('#') ? import.meta.url : file))
    }
  }
  walk(new URL('./explain.ts', import.meta.url))
  assert.ok(read.size > 50 && readdirSync(new URL('.', import.meta.url)).length > 0)
})
