// A call of ours, until its session stands: RFC 3261 13.2, 9.1, 3262 4. Each branch of a fork has an early session of its own.

import type { ExtraHeaders } from './stack-parts.ts'

export declare class InviteClient {
  readonly callId: string
  /** False once the end was told or the session stands. */
  readonly open: boolean
  /** CANCEL, as soon as a provisional allows it (9.1). A 2xx that crosses it is ACKed and BYEd. One end is told in any case. */
  cancel(headers?: ExtraHeaders): void
}
