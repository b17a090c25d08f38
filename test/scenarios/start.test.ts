// The first start, the second, and what is refused: settings that are wrong, and reaching out with credentials that a
// first start made, until `offhook secure` has made others.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder, runProgram, startProgram } from '../program.ts'

const credentialsOf = (data: string) => JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
const whoami = (url: string, key: string) => fetch(`${url}/v1/whoami`, { headers: { authorization: `Bearer ${key}` } })

test('a first start makes credentials that work, for its owner alone; a second changes nothing', async (t) => {
  const data = newFolder()
  // Whether the usual ports are free is not what this looks at.
  const quiet = { OFFHOOK_SIP: 'off', OFFHOOK_SMPP: 'off' }
  const first = await startProgram(t, data, quiet)
  const file = join(data, 'credentials.json')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal(statSync(join(data, 'key')).mode & 0o777, 0o600)
  assert.equal(statSync(data).mode & 0o777, 0o700)
  const credentials = credentialsOf(data)
  assert.ok(first.said.includes(file), 'it says where they are')

  const curl = /^Try it: +curl (.*)$/m.exec(first.said)
  assert.ok(curl, first.said)
  const told = execFileSync('sh', ['-c', `curl -sS -i ${curl[1]}`], { encoding: 'utf8' })
  assert.match(told, /^HTTP\/1\.1 200/)
  assert.match(told, /"login":"sandbox@offhook\.example"/)

  for (const name of ['operator', 'api']) {
    const { baseUrl, login, password, key } = credentials[name]
    assert.ok((await fetch(`${baseUrl}/whoami`, { headers: { authorization: `Bearer ${key}` } })).ok, name)
    const session = await fetch(`${baseUrl}/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login, password }),
    })
    assert.equal(session.status, 201, name)
  }
  first.child.kill('SIGTERM')
  assert.equal(await first.ended, 0)

  const second = await startProgram(t, data, quiet)
  assert.equal(
    readFileSync(file, 'utf8').replaceAll(second.url, first.url),
    JSON.stringify(credentials, null, 2) + '\n',
    'only the address moved',
  )
  assert.equal((await whoami(second.url, credentials.api.key)).status, 200)
  const { total } = (await (
    await fetch(`${second.url}/v1/accounts`, { headers: { authorization: `Bearer ${credentials.operator.key}` } })
  ).json()) as { total: number }
  assert.equal(total, 1, 'one sandbox')
  for (const { password, key } of [credentials.operator, credentials.api]) {
    assert.ok(
      !first.lines().includes(key) && !second.lines().includes(key) && !first.lines().includes(password),
      'no secret is logged',
    )
  }
})

test('a wrong setting is refused by its name, its value and what is allowed, and nothing is made', () => {
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['OFFHOOK_HTTP', '127.0.0.1:99999', /host:port, such as/],
    ['OFFHOOK_LOG', 'loud', /warn/],
    ['OFFHOOK_DATABASE', 'mysql://x', /postgres/],
    ['OFFHOOK_PUBLIC_URL', 'not a url', /http/],
    ['OFFHOOK_BODY_LIMIT', '-1', /from/],
    ['OFFHOOK_TRUSTED_PROXIES', '10.0.0.0/99', /CIDR/i],
  ]
  for (const [name, value, allowed] of wrong) {
    const data = newFolder()
    const { status, stderr } = runProgram(['start'], data, { [name]: value })
    assert.equal(status, 1, name)
    // An address of a database may hold a password, and is not shown.
    assert.ok(stderr.startsWith(`${name} `) && stderr.includes(value) === (name !== 'OFFHOOK_DATABASE'), stderr)
    assert.match(stderr, allowed)
    assert.equal(existsSync(data), false)
  }
})

test('several addresses, each with a port of its own', async (t) => {
  const { url, child, ended, line } = await startProgram(t, newFolder(), {
    OFFHOOK_HTTP: '127.0.0.1:0,127.0.0.1:0',
    OFFHOOK_LOG: 'info',
  })
  const { urls } = (await line('started')) as { urls: string[] }
  assert.equal(new Set(urls).size, 2)
  assert.equal(urls[0], url)
  for (const one of urls) assert.equal((await fetch(`${one}/healthz`)).status, 200)
  child.kill('SIGTERM')
  assert.equal(await ended, 0)
})

test('whoever read its journal is gone: it stops all the same', { timeout: 300_000 }, async (t) => {
  const { child, line, ended } = await startProgram(t, newFolder())
  await line('started')
  child.stderr!.destroy()
  await once(child.stderr!, 'close')
  child.kill('SIGTERM')
  assert.equal(await ended, 0)
})

test('what a first start made is not shown to the world; offhook secure makes credentials that may be', async (t) => {
  const data = newFolder()
  const early = runProgram(['secure'], data)
  assert.equal(early.status, 1)
  assert.match(early.stderr, /start once/)

  const first = await startProgram(t, data)
  const old = credentialsOf(data)
  const under = runProgram(['secure'], data, { OFFHOOK_HTTP: new URL(first.url).host })
  assert.equal(under.status, 1, 'not while it runs')
  assert.match(under.stderr, /stop it first/)
  const session = await fetch(`${first.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: old.operator.login, password: old.operator.password }),
  })
  const { token } = (await session.json()) as { token: string }
  first.child.kill('SIGTERM')
  assert.equal(await first.ended, 0)

  const open = runProgram(['start'], data, { OFFHOOK_HTTP: '0.0.0.0:0' })
  assert.equal(open.status, 1)
  assert.match(open.stderr, /^OFFHOOK_HTTP is 0\.0\.0\.0:0, .*offhook secure/)

  const secured = runProgram(['secure'], data)
  assert.equal(secured.status, 0, secured.stderr)
  const [, login, password, key] = /login: +(\S+)\npassword: (\S+)\nkey: +(\S+)\n/.exec(secured.stdout) ?? []
  assert.ok(login && password && key, secured.stdout)
  assert.equal(existsSync(join(data, 'credentials.json')), false)

  const again = await startProgram(t, data, { OFFHOOK_HTTP: '0.0.0.0:0' })
  const url = `http://127.0.0.1:${new URL(again.url).port}`
  assert.equal((await whoami(url, key)).status, 200)
  const signIn = (text: string) =>
    fetch(`${url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login, password: text }),
    })
  assert.equal((await signIn(password)).status, 201)
  assert.equal((await signIn(old.operator.password)).status, 401)
  for (const gone of [old.operator.key, token]) assert.equal((await whoami(url, gone)).status, 401)
  assert.equal((await whoami(url, old.api.key)).headers.get('offhook-reason'), 'account.not_active')
  assert.doesNotMatch(again.said, /Bearer/)
  again.child.kill('SIGTERM')
  assert.equal(await again.ended, 0)
})
