// The doors of a running server as the fuzz sees them: their routes and words, read from the tables of each face, and
// credentials of an account of its own, without rate limits.

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RunningServer } from '../../conformance/server.ts'
import type { Door, DoorRoute } from './fuzz-door.ts'

const source = fileURLToPath(new URL('../../src/', import.meta.url))

async function asked(server: RunningServer, method: string, path: string, key: string, body?: object): Promise<any> {
  const told = await fetch(`${server.baseUrl}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!told.ok) throw new Error(`${path}: ${await told.text()}`)
  return told.json()
}

/** The operator lifts the limits for everybody. */
export async function liftLimits(server: RunningServer): Promise<void> {
  const { key } = server.credentials.operator
  const { accountId } = await asked(server, 'GET', '/whoami', key)
  await asked(server, 'PATCH', `/accounts/${accountId}`, key, {
    settings: { limits: { keyPerSecond: 1_000_000, accountPerSecond: 1_000_000 } },
  })
}

async function nativeDoor(server: RunningServer): Promise<Door> {
  const { key } = server.credentials.api
  const { paths } = (await (await fetch(`${server.baseUrl}/v1/openapi.json`)).json()) as {
    paths: Record<string, Record<string, any>>
  }
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [], requestBody }]): DoorRoute[] => {
      if (!/^(get|post|put|patch|delete)$/.test(method)) return []
      const inBody = Object.keys(requestBody?.content?.['application/json']?.schema?.properties ?? {})
      const inQuery = parameters.flatMap((one: { in: string; name: string }) => (one.in === 'query' ? [one.name] : []))
      const fields = [...inBody, ...inQuery]
      return [
        {
          method: method.toUpperCase(),
          path: path.startsWith('/v1') ? path : `/v1${path}`,
          ...(fields.length > 0 && { fields }),
        },
      ]
    }),
  )
  const application = await asked(server, 'POST', '/applications', key, { name: 'fuzzed' })
  const group = await asked(server, 'POST', '/contact-groups', key, { name: 'fuzzed' })
  const { contact } = await asked(server, 'POST', '/contacts', key, { addresses: { line: 'fuzzed' } })
  const client = await asked(server, 'POST', '/clients', key, { login: 'fuzzed', password: 'Correct-Horse-7' })
  const bought = await asked(server, 'POST', '/numbers', key, { country: 'GB', type: 'local' })
  return {
    name: 'api',
    routes,
    proof: [`authorization: Bearer ${key}`],
    bodies: ['json'],
    words: {
      names: wordsOf(['operations', 'api']),
      values: [application.id, group.id, contact.id, client.id, bought.items[0].id, bought.items[0].number],
    },
  }
}

const basic = (user: string, password: string): string =>
  `authorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** How each dialect is proven to, under which prefix its tables' paths stand, and what its clients send. */
const dialects: Readonly<
  Record<
    string,
    {
      prefix: string
      bodies: readonly string[]
      proof(server: RunningServer): Promise<string[]> | string[]
      own?: (path: string) => string
    }
  >
> = {
  restcomm: {
    prefix: '/restcomm/2012-04-24',
    bodies: ['form', 'json'],
    own: (path) => path.replace(':account', 'sandbox@offhook.example'),
    proof: ({ credentials: { restcomm } }) => [basic(restcomm.accountSid, restcomm.authToken)],
  },
  toku: {
    prefix: '/toku',
    bodies: ['json'],
    async proof({ credentials: { toku } }) {
      const told = await fetch(toku.tokenUrl, {
        method: 'POST',
        headers: { authorization: basic(toku.consumerKey, toku.consumerSecret).slice('authorization: '.length) },
        body: new URLSearchParams({ grant_type: 'password', username: toku.username, password: toku.password }),
      })
      const { access_token: token } = (await told.json()) as { access_token?: string }
      if (token === undefined) throw new Error('toku gave no token')
      return [`authorization: Bearer ${token}`]
    },
  },
  '8x8': {
    prefix: '/8x8',
    bodies: ['json', 'multipart'],
    proof: ({ credentials }) => [`authorization: Bearer ${credentials['8x8'].apiKey}`],
  },
  aculab: {
    prefix: '/aculab',
    bodies: ['form', 'multipart', 'json'],
    proof: ({ credentials: { aculab } }) => [basic(aculab.basicUser, aculab.apiAccessKey)],
  },
  ringcentral: {
    prefix: '/restapi',
    bodies: ['json', 'form'],
    // One's own account and extension.
    own: (path) => path.replace(/:accountId|:extensionId/g, '~'),
    async proof(server) {
      const { ringcentral, api } = server.credentials
      const plan = { light: 10_000_000, medium: 10_000_000, heavy: 10_000_000, auth: 10_000_000 }
      const app = await asked(server, 'POST', '/keys', api.key, {
        face: 'ringcentral',
        userId: null,
        detail: { grants: ['jwt'], plan },
      })
      const told = await fetch(`${server.baseUrl}/restapi/oauth/token`, {
        method: 'POST',
        headers: { authorization: basic(app.publicId, app.secret).slice('authorization: '.length) },
        body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: ringcentral.jwt }),
      })
      const { access_token: token } = (await told.json()) as { access_token?: string }
      if (token === undefined) throw new Error('ringcentral gave no token')
      return [`authorization: Bearer ${token}`]
    },
  },
}

export const doorNames = ['api', ...Object.keys(dialects)] as const

/** Undefined when the server has no such door. */
export async function openDoor(server: RunningServer, name: string): Promise<Door | undefined> {
  if (name === 'api') return nativeDoor(server)
  const dialect = dialects[name]
  if (!dialect || server.credentials[name] === undefined) return undefined
  const { own } = dialect
  const found = await routesOf(name, dialect.prefix)
  const routes = own ? [...found, ...found.map((route) => ({ ...route, path: own(route.path) }))] : found
  if (routes.length < 5) throw new Error(`only ${routes.length} routes of ${name} were found`)
  const values = Object.values(server.credentials[name]).filter((value) => typeof value === 'string')
  return {
    name,
    routes,
    proof: await dialect.proof(server),
    bodies: dialect.bodies,
    words: { names: wordsOf([`dialects/${name}`]), values },
  }
}

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Whatever the face's files export that looks like a table of routes: lists of method and path, or objects by path or operation. */
async function routesOf(name: string, prefix: string): Promise<DoorRoute[]> {
  const routes = new Map<string, DoorRoute>()
  const add = (method: string, path: string): void => {
    const whole = path.startsWith(prefix) ? path : prefix + path
    routes.set(`${method} ${whole}`, { method, path: whole })
  }
  for (const file of sourceFiles(`dialects/${name}`)) {
    for (const table of Object.values((await import(file)) as Record<string, unknown>)) {
      if (Array.isArray(table)) {
        for (const one of table)
          if (typeof one?.path === 'string') for (const method of [one.method ?? verbs].flat()) add(method, one.path)
      } else if (typeof table === 'object' && table !== null) {
        for (const [key, one] of Object.entries(table)) {
          if (typeof one !== 'object' || one === null) continue
          if (key.startsWith('/')) for (const method of Object.keys(one).filter((verb) => verbs.includes(verb))) add(method, key)
          else if (typeof one.answer === 'function') for (const method of ['GET', 'POST']) add(method, `/${key}`)
        }
      }
    }
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/'(\/[\w./{}:-]+)'/g)) add('GET', path!)
  }
  return [...routes.values()]
}

const sourceFiles = (room: string): string[] =>
  readdirSync(source + room, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('codes.ts'))
    .map((file) => `${source}${room}/${file}`)

/** Names of fields as the rooms' files have them: members of objects, and short words in quotes. */
function wordsOf(rooms: readonly string[]): string[] {
  const words = new Set<string>()
  for (const file of rooms.flatMap(sourceFiles)) {
    const text = readFileSync(file, 'utf8').replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '')
    for (const [, member, quoted] of text.matchAll(/^\s+'?([A-Za-z][\w-]{1,30})'?: |'([A-Za-z][\w.-]{1,30})'/gm))
      words.add(member ?? quoted!)
  }
  return [...words]
}
