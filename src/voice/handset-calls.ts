// What the core needs of virtual handsets that call and are called, stated as an interface: by them a whole call can be tried without a
// carrier. Which accounts may ask, and for which numbers, is the operations' to check.

export interface HandsetCallWish {
  /** E.164 with +. */
  readonly handset: string
  readonly to: string
  /** What it does once it is answered, in this order. */
  readonly say?: string
  readonly press?: string
  readonly hangUpAfterMs?: number
  /** X- headers of its INVITE. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface HandsetCall {
  readonly id: number
  /** The account for which the handset placed it; null: one of the platform's calls rang it. */
  readonly placedFor: number | null
  /** Of the handset. */
  readonly direction: 'placed' | 'received'
  readonly peer: string
  readonly state: 'ringing' | 'answered' | 'ended'
  readonly createdMs: number
  readonly answeredMs: number | null
  readonly endedMs: number | null
  /** Keys that it heard. */
  readonly digits: string
  /** Why it ended; null while it is up. */
  readonly reason: string | null
  /** Of sound, of 20 ms. Known once it has ended. */
  readonly packetsHeard: number
}

/** What the party on a handset may be told to do. */
export interface HandsetParty {
  say(text: string): Promise<void>
  press(digits: string): void
  partyHangsUp(): void
}

export interface HandsetCalls {
  /** Undefined: no pretend network is open. */
  call(accountId: number, wish: HandsetCallWish): number | undefined
  /** Newest first; the last ones are kept, whoever's they are. */
  calls(handset: string): readonly HandsetCall[]
  /** Undefined when no such call is up. */
  party(handset: string, id: number): HandsetParty | undefined
}

/** Where no pretend network is. */
export const noHandsetCalls: HandsetCalls = { call: () => undefined, calls: () => [], party: () => undefined }
