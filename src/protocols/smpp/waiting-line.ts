// First in, first out, without moving all for each that leaves.

export class WaitingLine<T> {
  #items: T[] = []
  #from = 0

  get length(): number {
    return this.#items.length - this.#from
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.#from === this.#items.length) return undefined
    const item = this.#items[this.#from++]
    if (this.#from === this.#items.length || this.#from >= 1024) {
      this.#items = this.#items.slice(this.#from)
      this.#from = 0
    }
    return item
  }

  takeAll(): T[] {
    const items = this.#items.slice(this.#from)
    this.#items = []
    this.#from = 0
    return items
  }
}
