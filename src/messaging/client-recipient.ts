// A recipient that is a client, a phone that registers: `client:login`, looked for among those of the sender's organization.
// Phones are called here and sent no messages: one that is there is told apart from one that is not.

import type { Account } from '#accounts/account.ts'
import { refuse } from '#reasons/refusal.ts'
import { readClientByLogin } from '#store/clients.ts'
import type { Reader } from '#store/store.ts'

const form = 'client:'

export const isClientRecipient = (to: string): boolean => to.startsWith(form)

/** Gives client.not_found, client.error for one that is there, and provisioning.data_invalid for one whose settings cannot be read. */
export async function refuseClient(read: Reader, account: Account, to: string): Promise<never> {
  const login = to.slice(form.length)
  const client = await readClientByLogin(read, account.rootId, login)
  if (!client) return refuse('client.not_found', { client: login })
  if (!isReadable(client.detail))
    refuse('provisioning.data_invalid', { object: 'client', id: login, fault: 'its settings cannot be read' })
  return refuse('client.error', { client: login, cause: 'phones are sent no messages' })
}

function isReadable(detail: string): boolean {
  try {
    const value: unknown = JSON.parse(detail)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
