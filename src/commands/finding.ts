// What the doctor says of one thing it looked at.

export interface Finding {
  readonly what: string
  readonly fine: boolean
  readonly says: string
  /** What to do; also given with a warning that is no fault. */
  readonly remedy?: string
}
