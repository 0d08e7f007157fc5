// States are plain data. A copy shares all fields with its original until one is edited, so that most of a state's key is
// known before.

/** A state's field, as a copy of its own that may be changed. */
export function edit<State, Name extends keyof State>(state: State, name: Name): State[Name] {
  state[name] = copy(state[name])
  return state[name]
}

/** The same for two values when they are the same, in whatever order their names and the state's lists have come to be. */
export function keyOf(state: object): string {
  return Object.values(state)
    .map((field) => (Array.isArray(field) ? field.map(numberOf).sort().join('+') : numberOf(field)))
    .join()
}

const numbers = new WeakMap<object, number>()
const numbersByText = new Map<string, number>()

function numberOf(value: unknown): number {
  const isObject = typeof value === 'object' && value !== null
  const known = isObject ? numbers.get(value) : undefined
  if (known !== undefined) return known
  const text = textOf(value)
  const number = numbersByText.get(text) ?? numbersByText.size
  numbersByText.set(text, number)
  if (isObject) numbers.set(value, number)
  return number
}

/** JSON with sorted names. */
export function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '-'
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${name}:${textOf(field)}`).join()}}`
}

function copy<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copy) as Value
  const made: Record<string, unknown> = {}
  for (const name in value) made[name] = copy(value[name])
  return made as Value
}
