// Which messages are on the wire now: a small file of slots that is written before a submit leaves. It outlives the process, not
// the power; after a crash it tells which messages the network may have without our knowing.
//
//   slot  0: id 8 bytes | attempt 8 bytes      a slot is used again once the outcome stands in the store
//   slot  1: ...

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

const slotBytes = 16

export interface Flight {
  readonly id: number
  readonly attempt: number
}

export class FlightLog {
  readonly #path: string
  readonly #free: number[] = []
  readonly #slot = Buffer.alloc(slotBytes)
  #fd = -1
  #slots = 0

  constructor(path: string) {
    this.#path = path
  }

  /** Begins a new log. Gives what was in flight when the last process ended. */
  open(): Flight[] {
    const found = readFlights(this.#path)
    this.#fd = openSync(this.#path, 'w', 0o600)
    return found
  }

  /** Takes a slot; give it back with `landed`. */
  departed(id: number, attempt: number): number {
    const slot = this.#free.pop() ?? this.#slots++
    this.#slot.writeDoubleLE(id, 0)
    this.#slot.writeDoubleLE(attempt, 8)
    writeSync(this.#fd, this.#slot, 0, slotBytes, slot * slotBytes)
    return slot
  }

  /** Its outcome is in the store: the slot may name another. What it names until then is told apart by the attempt. */
  landed(slot: number): void {
    this.#free.push(slot)
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd)
    this.#fd = -1
  }
}

function readFlights(path: string): Flight[] {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch {
    return []
  }
  const flights: Flight[] = []
  for (let at = 0; at + slotBytes <= bytes.length; at += slotBytes) {
    const id = bytes.readDoubleLE(at)
    const attempt = bytes.readDoubleLE(at + 8)
    if (Number.isSafeInteger(id) && id > 0 && Number.isSafeInteger(attempt)) flights.push({ id, attempt })
  }
  return flights
}
