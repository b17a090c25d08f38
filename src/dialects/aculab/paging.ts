// This vendor's lists have no pages: all rows are read through the core's pages and told at once.

interface PageOf<T> {
  readonly items: readonly T[]
  readonly next: number | null
}

const rowsAtOnce = 1000

export async function wholeList<T>(
  page: (cursor: { limit: number; after?: number; oldestFirst: true }) => Promise<PageOf<T>>,
): Promise<T[]> {
  const all: T[] = []
  for (let after: number | null | undefined; after !== null;) {
    const { items, next }: PageOf<T> = await page({ limit: rowsAtOnce, oldestFirst: true, ...(after !== undefined && { after }) })
    all.push(...items)
    after = next
  }
  return all
}
