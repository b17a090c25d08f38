// What nodes that share a store tell one another of messages, as names that listeners of changes hear: which carrier something was
// queued for, so that the node that has its binds looks, and which message somebody ended, so that it is not sent.

import { defineWrite } from './store.ts'

const queuedFor = 'messages queued for '
const ended = 'messages ended '

export const endedNews = (id: number): string => `${ended}${id}`

/** Changes nothing; says to the other nodes that these carriers' queues have something that was not told to them. */
export const tellQueued = defineWrite('messages.tell_queued', (tx, { carriers }: { readonly carriers: readonly number[] }) => {
  for (const id of carriers) tx.touched(`${queuedFor}${id}`)
  return Promise.resolve(null)
})

export interface MessageNews {
  readonly carriers: readonly number[]
  readonly ended: readonly number[]
}

export function messageNews(nouns: Iterable<string>): MessageNews {
  const news = { carriers: [] as number[], ended: [] as number[] }
  for (const noun of nouns) {
    if (noun.startsWith(queuedFor)) news.carriers.push(Number(noun.slice(queuedFor.length)))
    else if (noun.startsWith(ended)) news.ended.push(Number(noun.slice(ended.length)))
  }
  return news
}
