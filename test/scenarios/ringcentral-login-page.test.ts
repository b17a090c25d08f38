// Logging in through a real browser, Chromium: the application sends it to the login page, a person types and allows, and
// the application gets its code (with PKCE) or hears no.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import RingCentral from '@rc-ex/core'
import { SDK } from '@ringcentral/sdk'
import { chromium, type Browser, type Page } from 'playwright-core'
import { oneTimeCode } from '../../conformance/ringcentral/client.ts'
import { startServer, type RunningServer } from '../../conformance/server.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

let server: RunningServer
let browser: Browser
let application: Server
let redirectUri: string
before(async () => {
  assert.ok(executablePath, 'Chromium is missing: apt-get install chromium (.ci/run does)')
  server = await startServer()
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  application = createServer((_, res) => res.setHeader('content-type', 'text/plain').end('back at the application'))
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve))
  redirectUri = `http://127.0.0.1:${(application.address() as AddressInfo).port}/callback`
})
after(async () => {
  await browser?.close()
  application?.close()
  application?.closeAllConnections()
  await server?.stop()
})

async function native(method: string, path: string, body: object, key = server.credentials.api.key): Promise<any> {
  const answer = await fetch(`${server.baseUrl}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.ok(answer.ok, await answer.clone().text())
  return answer.json()
}

const makeApp = (detail: object = {}) =>
  native('POST', '/keys', {
    face: 'ringcentral',
    userId: null,
    name: `<img src=x onerror=alert(4)> '>kkkk>jjj`,
    detail: { grants: ['authorization_code', 'refresh_token'], redirectUris: [redirectUri], plan: { auth: 100 }, ...detail },
  })

const first = () => server.credentials.ringcentral

/** Gives the page, with every word the browser complained about. */
async function open(address: string): Promise<{ page: Page; complaints: string[]; close(): Promise<void> }> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog opened: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(address)
  return { page, complaints, close: () => context.close() }
}

async function type(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('E-mail address or telephone number').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

test('the SDK logs in with a code that a person got for it, with PKCE as a public client', async () => {
  const app = await makeApp({ public: true })
  const platform = new SDK({ server: server.baseUrl, clientId: app.publicId, redirectUri }).platform()
  const address = platform.loginUrl({ usePKCE: true, state: `a b&c="'` })
  const { page, complaints, close } = await open(address)
  assert.match(new URL(page.url()).pathname, /\/restapi\/oauth\/login$/)
  assert.match(await page.locator('main').innerText(), /<img src=x onerror=alert\(4\)> '>kkkk>jjj asks for access/)
  await type(page, first().username, first().password)
  // The page that asks is another one than that of the login.
  await page.getByRole('button', { name: 'Allow', exact: true }).waitFor()
  assert.match(await page.locator('main').innerText(), /ReadAccounts/)
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
  await page.waitForURL(`${redirectUri}?**`)
  assert.equal(await page.locator('body').innerText(), 'back at the application')
  const back = new URL(page.url())
  assert.equal(back.searchParams.get('state'), `a b&c="'`)
  assert.deepEqual(complaints, [])
  const found = platform.parseLoginRedirect(back.search) as { code: string }
  await platform.login({ ...found })
  assert.equal(((await (await platform.get('/restapi/v1.0/account/~/extension/~')).json()) as any).id, first().extensionId)
  await close()
})

test('the other client redeems a code with its secret', async () => {
  const app = await makeApp()
  const address = new URL(`${server.baseUrl}/restapi/oauth/authorize`)
  address.search = new URLSearchParams({ response_type: 'code', client_id: app.publicId, redirect_uri: redirectUri }).toString()
  const { page, close } = await open(address.href)
  await page.getByLabel(/^Extension/).fill(first().extension)
  await type(page, first().mainNumber, first().password)
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
  await page.waitForURL(`${redirectUri}?**`)
  const rc = new RingCentral({ server: server.baseUrl, clientId: app.publicId, clientSecret: app.secret })
  await rc.authorize({ code: new URL(page.url()).searchParams.get('code')!, redirect_uri: redirectUri })
  assert.equal((await rc.restapi().account().extension().get()).id, first().extensionId)
  await close()
})

test('a wrong password is told on the page, and the second try goes on', async () => {
  const app = await makeApp()
  const query = new URLSearchParams({ response_type: 'code', client_id: app.publicId })
  const { page, close } = await open(`${server.baseUrl}/ringcentral/restapi/oauth/authorize?${query}`)
  await type(page, first().username, 'not the password')
  assert.equal(await page.getByRole('alert').innerText(), 'Invalid resource owner credentials.')
  assert.equal(await page.getByLabel('E-mail address or telephone number').inputValue(), first().username)
  await type(page, first().username, first().password)
  await page.getByRole('button', { name: 'Do not allow' }).click()
  await page.waitForURL(`${redirectUri}?**`)
  assert.equal(new URL(page.url()).searchParams.get('error'), 'access_denied')
  await close()
})

test('a second factor is asked for on the page', async () => {
  await native('POST', '/users', { login: 'careful@example.test', password: 'Right-password-1', role: 'developer' })
  const session = await native('POST', '/sessions', { login: 'careful@example.test', password: 'Right-password-1' })
  const { seed } = await native('POST', '/second-factor', {}, session.token)
  await native('PUT', '/second-factor', { code: oneTimeCode(seed, Date.now()) }, session.token)
  const app = await makeApp()
  const query = new URLSearchParams({ response_type: 'code', client_id: app.publicId })
  const { page, close } = await open(`${server.baseUrl}/restapi/oauth/authorize?${query}`)
  await type(page, 'careful@example.test', 'Right-password-1')
  // A code is good once: this is the next one, as of a telephone whose clock is ahead.
  await page.getByLabel('Code of your second factor').fill(oneTimeCode(seed, Date.now() + 30_000))
  await type(page, 'careful@example.test', 'Right-password-1')
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
  await page.waitForURL(`${redirectUri}?**`)
  assert.ok(new URL(page.url()).searchParams.get('code'))
  await close()
})

test('an unknown application is refused on a page and never redirected', async () => {
  const query = new URLSearchParams({ response_type: 'code', client_id: 'nobody', redirect_uri: redirectUri })
  const { page, close } = await open(`${server.baseUrl}/restapi/oauth/authorize?${query}`)
  assert.match(await page.locator('main').innerText(), /Wrong Application ID/)
  assert.match(await page.locator('main').innerText(), /OAU-120/)
  await close()
})
