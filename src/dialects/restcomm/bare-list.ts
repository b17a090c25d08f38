// Lists that this vendor gives without an envelope, whole (reference 4.1). `Page` and `PageSize` are honoured where sent.

import { readPage } from './paging.ts'
import type { Ask } from './knock.ts'

interface PageOfItems<T> {
  readonly items: readonly T[]
  readonly next: number | null
}

/** A whole list ends here; whoever has more asks for pages. */
const maxRows = 10_000
const step = 1000

/** `list` is asked with `limit` and either `after` or `skip`; oldest first. */
export async function allRows<T>(
  { fields }: Ask,
  list: (page: { limit: number; oldestFirst: true; after?: number; skip?: number }) => Promise<PageOfItems<T>>,
): Promise<readonly T[]> {
  if (fields.filled('Page') !== undefined || fields.filled('PageSize') !== undefined) {
    const { pageSize, skip } = readPage(fields)
    return (await list({ limit: pageSize, skip, oldestFirst: true })).items
  }
  const rows: T[] = []
  let after: number | undefined
  do {
    const page = await list({ limit: step, oldestFirst: true, ...(after !== undefined && { after }) })
    rows.push(...page.items)
    after = page.next ?? undefined
  } while (after !== undefined && rows.length < maxRows)
  return rows
}
