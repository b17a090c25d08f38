// message_state (SMPP 3.4 5.2.28; SCHEDULED and SKIPPED are of 5.0 4.7.15) and the words that receipts in text form have for it (3.4 appendix B).

export const messageStates = {
  SCHEDULED: 0,
  ENROUTE: 1,
  DELIVERED: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIVERABLE: 5,
  ACCEPTED: 6,
  UNKNOWN: 7,
  REJECTED: 8,
  SKIPPED: 9,
} as const

export type MessageState = keyof typeof messageStates

const byNumber = new Map<number, MessageState>(
  Object.entries(messageStates).map(([name, state]) => [state, name as MessageState]),
)

/** Undefined for a number that the specifications do not know. */
export function messageStateOf(state: number): MessageState | undefined {
  return byNumber.get(state)
}

/** Appendix B, table B-2; the last two are of 5.0. */
export const receiptStats: Readonly<Record<MessageState, string>> = {
  ENROUTE: 'ENROUTE',
  DELIVERED: 'DELIVRD',
  EXPIRED: 'EXPIRED',
  DELETED: 'DELETED',
  UNDELIVERABLE: 'UNDELIV',
  ACCEPTED: 'ACCEPTD',
  UNKNOWN: 'UNKNOWN',
  REJECTED: 'REJECTD',
  SCHEDULED: 'SCHEDLD',
  SKIPPED: 'SKIPPED',
}

const byStat: Readonly<Record<string, MessageState>> = {
  ...Object.fromEntries(Object.entries(receiptStats).map(([state, stat]) => [stat, state as MessageState])),
  // As they are met in the wild: written out, or one letter off.
  ...Object.fromEntries(Object.keys(messageStates).map((state) => [state, state as MessageState])),
  UNDELIVERED: 'UNDELIVERABLE',
  UNDELIVRD: 'UNDELIVERABLE',
  DELIVERD: 'DELIVERED',
  ACCEPTED: 'ACCEPTED',
  REJECTED: 'REJECTED',
  EN_ROUTE: 'ENROUTE',
}

/** Undefined for a word that is not known; the caller has it raw. */
export function stateOfStat(stat: string): MessageState | undefined {
  const word = stat.toUpperCase()
  return Object.hasOwn(byStat, word) ? byStat[word] : undefined
}
