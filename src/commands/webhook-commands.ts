// offhook listen and offhook trigger: webhooks while one writes the program that takes them. Both go through the platform's own
// API with an account's key; listen asks for what there is, so that the platform need not reach this machine.

import { parseArgs } from 'node:util'
import { request } from 'undici'
import { Misused } from './carrier-command.ts'
import { askPlatform, type Asking } from './ask-platform.ts'
import { ConfigFault } from '#config/config.ts'
import { systemClock } from '#values/clock.ts'

interface Offer {
  readonly id: string
  readonly event: string
  readonly face: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const askAgainMs = 300
/** After the platform did not answer. */
const waitMs = 2_000

/** Prints as it goes, until `stopped`. Throws Misused and ConfigFault. */
export async function listenCommand(
  args: readonly string[],
  say: (line: string) => void,
  stopped: Promise<void>,
): Promise<string[]> {
  const { forward, events, url } = options(args, ['forward', 'events', 'url'], 0).values
  if (forward === undefined || !/^https?:$/.test(URL.parse(forward)?.protocol ?? ''))
    throw new Misused('listen takes --forward and a URL')
  const asking = await askPlatform(undefined, { as: 'account', url })
  const made = await asking.ask<{ id: string; secret: string }>('POST', '/webhook-endpoints', {
    kind: 'listener',
    name: 'offhook listen',
    events: events?.split(',').map((name) => name.trim()) ?? ['*'],
  })
  say(`Listening for ${events ?? 'all events'}, forwarding to ${forward}`)
  say(`They are signed with ${made.secret}`)
  const state = { isOver: false }
  const ended = stopped.then(() => void (state.isOver = true))
  let after: string | undefined
  while (!state.isOver) {
    try {
      const path = `/webhook-endpoints/${made.id}/offers${after === undefined ? '' : `?after=${after}`}`
      const { items, next } = await asking.ask<{ items: Offer[]; next: string }>('GET', path)
      for (const offer of items) say(await forwarded(forward, offer))
      after = next
      if (items.length === 0) await Promise.race([systemClock.sleep(askAgainMs), ended])
    } catch (cause) {
      say(`The platform does not answer as it should: ${(cause as Error).message}`)
      await Promise.race([systemClock.sleep(waitMs), ended])
    }
  }
  await asking.ask('DELETE', `/webhook-endpoints/${made.id}`).catch(() => undefined)
  return ['Stopped.']
}

async function forwarded(forward: string, { event, face, method, url, headers, body }: Offer): Promise<string> {
  const target = new URL(forward)
  // What a GET tells stands in its query.
  if (method === 'GET' && url !== '')
    for (const [name, value] of new URL(url).searchParams) target.searchParams.append(name, value)
  const startMs = systemClock.elapsedMs()
  const what = face === 'api' ? event : `${event} (${face})`
  try {
    const { statusCode, body: answer } = await request(target, {
      method: method as 'GET' | 'POST',
      headers: { ...headers },
      ...(method !== 'GET' && { body }),
    })
    await answer.dump()
    return `${what}  ${statusCode}  ${Math.round(systemClock.elapsedMs() - startMs)} ms`
  } catch (cause) {
    return `${what}  ${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message}`
  }
}

const lookMs = 200
const looks = 75

interface Told {
  readonly id: string
  readonly state: string
  readonly url: string
  readonly attempts: number
  readonly lastStatus: number | null
  readonly reason: { readonly slug: string; readonly detail: string; readonly remedy: string } | null
}

/** The lines to print. Throws Misused and ConfigFault. */
export async function triggerCommand(args: readonly string[]): Promise<string[]> {
  const { values, positionals, lists } = options(args, ['endpoint', 'url'], 1)
  const [event] = positionals
  if (event === undefined) throw new Misused('trigger takes an event')
  const data = dataOf(lists)
  const asking = await askPlatform(undefined, { as: 'account', url: values.url })
  const path =
    values.endpoint === undefined ? '/webhook-events' : `/webhook-endpoints/${encodeURIComponent(values.endpoint)}/test`
  const { deliveries } = await asking.ask<{ deliveries: string[] }>('POST', path, { event, data })
  return Promise.all(deliveries.map((id) => ending(asking, id)))
}

/** Waits for the first attempt. */
async function ending(asking: Asking, id: string): Promise<string> {
  for (let look = 0; ; look += 1) {
    const { state, url, attempts, lastStatus, reason } = await asking.ask<Told>('GET', `/webhook-deliveries/${id}`)
    if (state === 'pending' && attempts === 0 && look < looks) {
      await systemClock.sleep(lookMs)
      continue
    }
    const status = lastStatus === null ? '' : `  ${lastStatus}`
    const why = reason ? `\n  ${reason.slug}: ${reason.detail}\n  ${reason.remedy}` : ''
    return `${state}${status}  ${url === '' ? 'a listener' : url}  ${id}${why}`
  }
}

function dataOf(pairs: readonly string[]): Record<string, unknown> {
  const entries = pairs.map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw new Misused('--set takes name=value')
    return [pair.slice(0, at), plainValue(pair.slice(at + 1))] as const
  })
  return Object.fromEntries(entries)
}

/** Numbers, true, false, null and JSON as such; anything else as text. */
function plainValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function options<const N extends string>(args: readonly string[], names: readonly N[], words: number) {
  try {
    const table = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...table, set: { type: 'string', multiple: true } },
      allowPositionals: true,
    })
    if (positionals.length > words) throw new Misused(`${positionals[words]} is one word too many`)
    const { set = [], ...single } = values as Record<string, string | string[] | undefined>
    return { values: single as Partial<Record<N, string>>, positionals, lists: set as string[] }
  } catch (cause) {
    if (cause instanceof Misused || cause instanceof ConfigFault) throw cause
    throw new Misused((cause as Error).message.split('.')[0]!)
  }
}
