// A map that also has its values in order, so that a page of a list costs what it answers.
// The order is an array: an insertion moves pointers only, in 100,000 values for some 20 µs.

export class SortedMap<Value> extends Map<string, Value> {
  /** Made when it is first asked for: until then, at a start, values come in any order. */
  private ordered: Value[] | undefined

  /** @param compare A value and the one that replaces it are equal. */
  constructor(private readonly compare: (a: Value, b: Value) => number) {
    super()
  }

  inOrder(): readonly Value[] {
    this.ordered ??= [...this.values()].sort(this.compare)
    return this.ordered
  }

  override set(key: string, value: Value): this {
    this.ordered?.splice(this.placeOf(value), this.has(key) ? 1 : 0, value)
    return super.set(key, value)
  }

  override delete(key: string): boolean {
    const value = this.get(key)
    if (value !== undefined) this.ordered?.splice(this.placeOf(value), 1)
    return super.delete(key)
  }

  override clear(): void {
    this.ordered = undefined
    super.clear()
  }

  private placeOf(value: Value): number {
    return findFirst(this.ordered ?? [], (other) => this.compare(other, value) >= 0)
  }
}

/**
 * The index of the first value that is wanted, in logarithmic time; the length if there is none.
 * @param isWanted From `start` on false up to one value, and true for all that follow.
 */
export function findFirst<Value>(
  values: readonly Value[],
  isWanted: (value: Value) => boolean,
  start = 0,
): number {
  let low = start
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isWanted(values[middle] as Value)) high = middle
    else low = middle + 1
  }
  return low
}

/** Compares by the bytes of UTF-8, which differs from JavaScript's order above U+FFFF. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const [unitOfA, unitOfB] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (unitOfA !== unitOfB) return rank(unitOfA) - rank(unitOfB)
  }
  return a.length - b.length
}

/** Surrogates stand for what follows U+FFFF. */
function rank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit < 0xe000 ? codeUnit + 0x10000 : codeUnit
}
