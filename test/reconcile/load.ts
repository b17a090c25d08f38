// Clients that send messages without pause, each under an idempotency key, and keep a log of their own of what was accepted. One
// whose request got no answer asks again under the same key until it has one: so each message is known to somebody.

import { Agent, request } from 'undici'

export interface LoadParts {
  url(): string
  readonly key: string
  readonly from: string
  readonly callbackUrl: string
  readonly clients: number
}

export interface Load {
  /** Recipient to the id that was answered. */
  readonly accepted: ReadonlyMap<string, string>
  /** Answers that were neither 201 nor a pause, by status. */
  readonly refused: ReadonlyMap<string, number>
  /** How often a request had no answer. */
  readonly unanswered: number
  /** Lets each client end what it asks for. */
  stop(): Promise<void>
}

export function startLoad({ url, key, from, callbackUrl, clients }: LoadParts): Load {
  const dispatcher = new Agent({ connections: clients })
  const accepted = new Map<string, string>()
  const refused = new Map<string, number>()
  const state = { going: true, unanswered: 0 }
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }

  /** The id, `again` when it is to be asked again, or the status of a refusal. */
  async function ask(to: string): Promise<{ id: string } | 'again' | { status: string }> {
    try {
      const answer = await request(`${url()}/v1/messages`, {
        method: 'POST',
        dispatcher,
        headers: { ...headers, 'idempotency-key': to },
        body: JSON.stringify({ from, to, text: `To ${to}`, callback: { url: callbackUrl } }),
      })
      const json = (await answer.body.json()) as { id: string; reason?: string }
      if (answer.statusCode === 201) return { id: json.id }
      // The store cannot be had, or somebody is too fast: nothing was accepted.
      if ([429, 503, 507].includes(answer.statusCode)) return 'again'
      return { status: `${answer.statusCode} ${json.reason}` }
    } catch {
      state.unanswered += 1
      return 'again'
    }
  }

  const running = Array.from({ length: clients }, async (_, client) => {
    for (let n = 0; state.going; n += 1) {
      const to = `+44${7700 + client}${String(n).padStart(6, '0')}`
      let told = await ask(to)
      while (told === 'again') {
        await new Promise((resolve) => setTimeout(resolve, 20))
        told = await ask(to)
      }
      if ('id' in told) accepted.set(to, told.id)
      else refused.set(told.status, (refused.get(told.status) ?? 0) + 1)
    }
  })
  return {
    accepted,
    refused,
    get unanswered() {
      return state.unanswered
    },
    async stop() {
      state.going = false
      await Promise.all(running)
      await dispatcher.destroy()
    },
  }
}
