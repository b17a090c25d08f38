// What the scenarios about reports share: moments as this vendor writes them.

const dayMs = 86_400_000

/** So many days ago, `YYYY-MM-DD_hh:mm:ss` in UTC. */
export const ago = (days: number): string => new Date(Date.now() - days * dayMs).toISOString().slice(0, 19).replace('T', '_')
