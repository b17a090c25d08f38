// What is asked at each door: its cheapest authenticated GET, a create that is one durable insert, and the same create
// with a field at fault. Rates are raised first, through the operator's key, or they would be what is measured.

import type { Offhook } from './servers.ts'
import type { Request } from './load.ts'

export interface Door {
  readonly name: string
  readonly get: Request
  readonly create: Request
  readonly refused: Request
}

const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
const plenty = 1_000_000
const json = 'application/json'
const form = 'application/x-www-form-urlencoded'

export async function raiseRates(server: Offhook): Promise<void> {
  const { accountId } = await server.ask('GET', '/whoami')
  const settings = { limits: { keyPerSecond: plenty, accountPerSecond: plenty } }
  await server.ask('PATCH', `/accounts/${accountId}`, { settings }, server.credentials.operator.key)
}

interface Wanted {
  readonly authorization: string
  readonly getPath: string
  readonly path: string
  readonly body: string
  readonly wrong: string
  readonly method?: string
  readonly type?: string
  readonly accept?: string
}

function doorOf(name: string, { authorization, getPath, path, body, wrong, method = 'POST', type = json, accept }: Wanted): Door {
  const headers = { authorization, ...(accept !== undefined && { accept }) }
  const post = { method, path, headers: { ...headers, 'content-type': type } }
  return { name, get: { method: 'GET', path: getPath, headers }, create: { ...post, body }, refused: { ...post, body: wrong } }
}

async function tokenFrom(url: string, authorization: string, form: Record<string, string>): Promise<string> {
  const answer = await fetch(url, { method: 'POST', headers: { authorization }, body: new URLSearchParams(form) })
  const { access_token: token } = (await answer.json()) as { access_token?: string }
  if (token === undefined) throw new Error(`${url} gave no token`)
  return token
}

const makers: Readonly<Record<string, (server: Offhook) => Promise<Wanted>>> = {
  api: async ({ credentials }) => ({
    authorization: `Bearer ${credentials.api.key}`,
    getPath: '/v1/whoami',
    path: '/v1/applications',
    body: '{"name":"UNIQUE","kind":"voice","detail":{"scriptUrl":"https://example.com/voice","scriptMethod":"POST"}}',
    wrong: '{"name":"","kind":"voice","detail":{"scriptUrl":"https://example.com/voice","scriptMethod":"POST"}}',
  }),
  restcomm: async ({ credentials: { restcomm } }) => ({
    authorization: basic(restcomm.accountSid, restcomm.authToken),
    getPath: `${new URL(restcomm.baseUrl).pathname}/Accounts/${restcomm.accountSid}/Traces.json`,
    path: `${new URL(restcomm.baseUrl).pathname}/Accounts/${restcomm.accountSid}/Applications.json`,
    type: form,
    body: 'FriendlyName=UNIQUE&Kind=voice&RcmlUrl=https%3A%2F%2Fexample.com%2Fvoice',
    wrong: 'FriendlyName=&Kind=voice&RcmlUrl=https%3A%2F%2Fexample.com%2Fvoice',
  }),
  async toku({ credentials: { toku } }) {
    const form = { grant_type: 'password', username: toku.username, password: toku.password }
    return {
      authorization: `Bearer ${await tokenFrom(toku.tokenUrl, basic(toku.consumerKey, toku.consumerSecret), form)}`,
      getPath: '/toku/account/v1/services',
      path: '/toku/voip/v1/groups',
      body: '{"group":"UNIQUE"}',
      wrong: '{"group":""}',
    }
  },
  '8x8': async ({ credentials }) => ({
    authorization: `Bearer ${credentials['8x8'].apiKey}`,
    getPath: `/8x8/api/v1/accounts/${credentials['8x8'].accountId}`,
    path: `/8x8/api/v1/accounts/${credentials['8x8'].accountId}/contacts`,
    body: '{"firstName":"Ada","lastName":"Byron","externalId":"UNIQUE","addresses":{"email":"UNIQUE@example.com"}}',
    wrong: '{"firstName":"Ada","lastName":"Byron","externalId":7,"addresses":{"email":"UNIQUE@example.com"}}',
  }),
  aculab: async ({ credentials: { aculab } }) => ({
    authorization: basic(aculab.basicUser, aculab.apiAccessKey),
    accept: json,
    getPath: '/aculab/service/v1/outbound_queues',
    method: 'PUT',
    path: '/aculab/service/v1/inbound/UNIQUE',
    body: '{"uas":{"application_name":"bench"}}',
    wrong: '{"uas":{"application_name":7}}',
  }),
  async ringcentral(server) {
    const { ringcentral } = server.credentials
    const plan = { light: plenty, medium: plenty, heavy: plenty, auth: plenty }
    const app = await server.ask('POST', '/keys', { face: 'ringcentral', userId: null, detail: { grants: ['jwt'], plan } })
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: ringcentral.jwt }
    return {
      authorization: `Bearer ${await tokenFrom(`${server.url}/restapi/oauth/token`, basic(app.publicId, app.secret), form)}`,
      getPath: '/restapi/v1.0/dictionary/language/1033',
      path: '/restapi/v1.0/account/~/extension',
      body: '{"contact":{"firstName":"Ada","lastName":"Byron","email":"UNIQUE@example.com"},"type":"User"}',
      wrong: '{"contact":{"firstName":"Ada","lastName":"Byron","email":""},"type":"User"}',
    }
  },
}

/** The doors that this server has, each request tried once. */
export async function openDoors(server: Offhook): Promise<Door[]> {
  await raiseRates(server)
  const doors: Door[] = []
  for (const [name, make] of Object.entries(makers)) {
    if (server.credentials[name] === undefined) continue
    const door = doorOf(name, await make(server))
    await expect(server.url, door.get, (status) => status < 300)
    await expect(server.url, door.create, (status) => status < 300)
    await expect(server.url, door.refused, (status) => status >= 400 && status < 500)
    doors.push(door)
  }
  return doors
}

async function expect(url: string, { method, path, headers, body }: Request, fits: (status: number) => boolean): Promise<void> {
  const answer = await fetch(url + path.replace('UNIQUE', 'first'), {
    method,
    headers,
    ...(body && { body: body.replaceAll('UNIQUE', 'first') }),
  })
  const text = await answer.text()
  if (!fits(answer.status)) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`)
}
