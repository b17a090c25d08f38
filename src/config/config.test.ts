import { test, type TestContext } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigFault, isPublic, readConfig, type Environment } from './config.ts'
import { loadKey } from './load-key.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'offhook-config-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

function faultsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment)
  } catch (cause) {
    if (cause instanceof ConfigFault) return cause.faults
    throw cause
  }
  return []
}

test('everything has a value when nothing is set', (t) => {
  const config = readConfig({ OFFHOOK_DATA: folder(t) })
  assert.deepEqual(config.http, [{ host: '127.0.0.1', port: 8080 }])
  assert.deepEqual(config.sip, [
    { transport: 'udp', host: '127.0.0.1', port: 5060 },
    { transport: 'tcp', host: '127.0.0.1', port: 5060 },
  ])
  assert.equal(config.database, undefined)
  assert.equal(config.logLevel, 'info')
  assert.equal(config.settingsFile, undefined)
})

test('values of every kind are read', (t) => {
  const config = readConfig({
    OFFHOOK_DATA: folder(t),
    OFFHOOK_HTTP: '127.0.0.1:0, [::1]:8080',
    OFFHOOK_TRUSTED_PROXIES: '10.0.0.0/8,::1',
    OFFHOOK_HOSTS: 'API.example.com=one, b.example=two',
    OFFHOOK_DISK_RESERVE: '2G',
    OFFHOOK_PUBLIC_URL: 'https://phone.example/',
    OFFHOOK_TLS_CERT: '/c.pem',
    OFFHOOK_TLS_KEY: '/k.pem',
    PATH: 'not ours',
  })
  assert.deepEqual(config.http, [
    { host: '127.0.0.1', port: 0 },
    { host: '::1', port: 8080 },
  ])
  assert.deepEqual(config.trustedProxies, ['10.0.0.0/8', '::1'])
  assert.deepEqual(config.hosts, { 'api.example.com': 'one', 'b.example': 'two' })
  assert.equal(config.diskReserveBytes, 2 * 1024 ** 3)
  assert.equal(config.publicUrl, 'https://phone.example')
  assert.deepEqual(config.tls, { certFile: '/c.pem', keyFile: '/k.pem' })
})

test('each wrong value is told with its name, the value and what is allowed, all at once', (t) => {
  const data = folder(t)
  const wrong: [string, string, RegExp][] = [
    ['OFFHOOK_HTTP', 'nowhere', /host:port/],
    ['OFFHOOK_HTTP', '127.0.0.1:70000', /host:port/],
    ['OFFHOOK_SIP', '1.2.3.4', /host:port/],
    ['OFFHOOK_PUBLIC_URL', 'ftp://x', /https:\/\//],
    ['OFFHOOK_TRUSTED_PROXIES', '10.0.0.0/33', /CIDR/],
    ['OFFHOOK_TRUSTED_PROXIES', 'proxy.example', /CIDR/],
    ['OFFHOOK_HOSTS', 'x', /host=face/],
    ['OFFHOOK_HELP_LINKS', 'x', /address/],
    ['OFFHOOK_DISK_RESERVE', 'lots', /bytes/],
    ['OFFHOOK_LOG', 'loud', /trace, debug, info/],
    ['OFFHOOK_SHUTDOWN_MS', '-1', /0 to 600000/],
  ]
  for (const [name, value, allowed] of wrong) {
    const [fault, ...more] = faultsOf({ OFFHOOK_DATA: data, [name]: value })
    assert.ok(fault?.startsWith(`${name} is ${JSON.stringify(value)}, which is not allowed.`), String(fault))
    assert.match(fault as string, allowed)
    assert.deepEqual(more, [])
  }
  const last = Object.fromEntries(wrong.map(([name, value]): [string, string] => [name, value]))
  assert.equal(faultsOf({ OFFHOOK_DATA: data, ...last }).length, Object.keys(last).length)
})

test('an unknown variable is refused with the nearest known', (t) => {
  const faults = faultsOf({ OFFHOOK_DATA: folder(t), OFFHOOK_HTP: 'x' })
  assert.deepEqual(faults, ['OFFHOOK_HTP is not a setting. The nearest is OFFHOOK_HTTP.'])
})

test('a secret is never shown', (t) => {
  const faults = faultsOf({ OFFHOOK_DATA: folder(t), OFFHOOK_KEY: 'hunter2', OFFHOOK_DATABASE: 'mysql://u:hunter2@h/d' })
  assert.equal(faults.length, 2)
  assert.doesNotMatch(faults.join(), /hunter2/)
  assert.match(faults.join(), /OFFHOOK_KEY has a value that is not allowed/)
})

test('the mail server: a password goes over TLS unless it stays on this machine', (t) => {
  const smtpOf = (text: string) => readConfig({ OFFHOOK_DATA: folder(t), OFFHOOK_SMTP: text }).smtp
  assert.deepEqual(smtpOf('smtp://me%40x:p%2Fw@mail.example'), {
    host: 'mail.example',
    port: 587,
    secure: false,
    user: 'me@x',
    password: 'p/w',
    tls: 'required',
  })
  assert.deepEqual(smtpOf('smtps://[::1]:2525')?.port, 2525)
  assert.deepEqual([smtpOf('smtps://mail.example')?.port, smtpOf('smtp://u:p@127.0.0.1')?.tls], [465, 'offered'])
  assert.equal(smtpOf('smtp://u:p@mail.example?tls=never')?.tls, 'never')
  for (const wrong of ['mail.example:25', 'http://mail.example', 'smtp://u@mail.example', 'smtp://x?tls=maybe', 'smtp://x/y']) {
    const faults = faultsOf({ OFFHOOK_DATA: folder(t), OFFHOOK_SMTP: wrong })
    assert.match(faults.join(), /^OFFHOOK_SMTP has a value that is not allowed/, wrong)
  }
})

test('what belongs together is asked for together', (t) => {
  assert.match(faultsOf({ OFFHOOK_DATA: folder(t), OFFHOOK_TLS_CERT: 'x' }).join(), /OFFHOOK_TLS_KEY is missing/)
  assert.match(faultsOf({ OFFHOOK_DATA: folder(t), OFFHOOK_HTTP: 'https://127.0.0.1:1' }).join(), /needs OFFHOOK_TLS_CERT/)
})

test('a settings file is read from the data directory, and the environment wins', (t) => {
  const data = folder(t)
  const content = {
    http: ['127.0.0.1:1', '127.0.0.1:2'],
    log: 'warn',
    hosts: { 'a.example': 'one' },
    faces: { one: { strict: true } },
  }
  writeFileSync(join(data, 'settings.json'), JSON.stringify(content))
  const config = readConfig({ OFFHOOK_DATA: data, OFFHOOK_LOG: 'error' })
  assert.equal(config.http.length, 2)
  assert.equal(config.logLevel, 'error')
  assert.deepEqual(config.hosts, { 'a.example': 'one' })
  assert.deepEqual(config.faces, { one: { strict: true } })
  assert.equal(config.settingsFile, join(data, 'settings.json'))
})

test('a wrong settings file is told', (t) => {
  const data = folder(t)
  const path = join(data, 'other.json')
  const faults = (content: string): string => {
    writeFileSync(path, content)
    return faultsOf({ OFFHOOK_DATA: data, OFFHOOK_SETTINGS: path }).join('\n')
  }
  assert.match(faults('{'), /not valid JSON/)
  assert.match(faults('[]'), /one JSON object/)
  assert.match(faults('{"htp":"x"}'), /htp in .* is not a setting. The nearest is http/)
  assert.match(faults('{"http":{"a":[]}}'), /OFFHOOK_HTTP is \{"a":\[\]\}, which is not allowed/)
  assert.match(faults('{"faces":{"a":1}}'), /faces in/)
  assert.match(faultsOf({ OFFHOOK_DATA: data, OFFHOOK_SETTINGS: join(data, 'none.json') }).join(), /cannot be read \(ENOENT\)/)
})

test('the key is made once, for its owner only, or taken from the setting', (t) => {
  const data = join(folder(t), 'new')
  const config = readConfig({ OFFHOOK_DATA: data })
  const made = loadKey(config)
  assert.match(made, /^[0-9a-f]{64}$/)
  assert.equal(loadKey(config), made)
  assert.equal(statSync(join(data, 'key')).mode & 0o777, 0o600)
  writeFileSync(join(data, 'key'), 'x')
  assert.throws(() => loadKey(config), ConfigFault)
  assert.equal(loadKey(readConfig({ OFFHOOK_DATA: data, OFFHOOK_KEY: 'ab'.repeat(32) })), 'ab'.repeat(32))
})

test('a bind is public unless only this machine reaches it', () => {
  const binds = ['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::', '192.168.1.1'].map((host) => isPublic({ host }))
  assert.deepEqual(binds, [false, false, false, true, true, true])
})
