// Which notes are done with, by their count: they are written in the order in which they were given. Not which of them were lost.

export class NoteCount {
  #given = 0
  #ended = 0
  readonly #waiting: { readonly upTo: number; readonly resolve: () => void }[] = []

  get underWay(): number {
    return this.#given - this.#ended
  }

  given(): void {
    this.#given += 1
  }

  ended(count: number): void {
    this.#ended += count
    while (this.#waiting.length > 0 && this.#waiting[0]!.upTo <= this.#ended) this.#waiting.shift()!.resolve()
  }

  /** Resolves when those given so far have ended, however many come meanwhile. */
  async soFar(): Promise<void> {
    if (this.underWay === 0) return
    await new Promise<void>((resolve) => this.#waiting.push({ upTo: this.#given, resolve }))
  }
}
