// How many tokens of clients an account has had in a month. The tokens themselves are not kept.

import { count, counted } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { defineWrite } from './store.ts'

export interface TokenIssue {
  readonly client: number
  readonly account: number
  /** YYYY-MM, UTC. */
  readonly month: string
  /** Of the month; null: as many as wanted. */
  readonly limit: number | null
  readonly actor: Actor
  readonly now: number
}

/** `refused`: the account has had its tokens of that month. */
export const issueClientToken = defineWrite(
  'client_tokens.issue',
  async (tx, { client, account, month, limit, actor, now }: TokenIssue): Promise<{ refused: boolean }> => {
    const noun = `client_tokens ${month}`
    // Counted before it is compared: whoever counts at the same time waits, and then sees this.
    await count(tx, account, noun, 1)
    if (limit !== null && (await counted(tx, account, noun)) > limit) {
      await count(tx, account, noun, -1)
      return { refused: true }
    }
    await happened(tx, { accountId: account, noun: 'clients', nounId: client, kind: 'token_issued', actor, data: {}, atMs: now })
    return { refused: false }
  },
)
