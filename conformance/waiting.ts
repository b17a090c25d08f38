// The codes that no scenario proves yet: each with the capability it waits for, or why it cannot be provoked honestly.

export interface Waiting {
  readonly system: string
  readonly code: string
  readonly waitsFor: string
}

export const waiting: readonly Waiting[] = [
]
