// Visits every state that a model can come into, the nearest first, so that the first fault found has the shortest story.

export interface Model<State> {
  initial: State
  /** The same for states that are the same. */
  keyOf(state: State): string
  /** Everything that can happen now: what it is called, and what it makes of the state. */
  next(state: State): Iterable<[label: string, State]>
  /** What is wrong with a state, if anything is. */
  findFault(state: State): string | undefined
}

export interface Exploration {
  states: number
  /** What went wrong, and the events that led there. */
  counterexample: { fault: string; trace: string[] } | undefined
}

/** @throws RangeError when there are more than `maxStates`: then nothing has been shown */
export function explore<State>(model: Model<State>, maxStates: number): Exploration {
  const seen = new Set([model.keyOf(model.initial)])
  const cameFrom: { parent: number; label: string }[] = [{ parent: -1, label: '' }]
  let level = [{ state: model.initial, index: 0 }]
  while (level.length > 0) {
    const nextLevel: typeof level = []
    for (const { state, index } of level) {
      const fault = model.findFault(state)
      if (fault !== undefined) {
        return { states: seen.size, counterexample: { fault, trace: traceTo(index, cameFrom) } }
      }
      for (const [label, next] of model.next(state)) {
        const key = model.keyOf(next)
        if (seen.has(key)) continue
        seen.add(key)
        if (seen.size > maxStates) throw new RangeError(`more than ${maxStates} states`)
        nextLevel.push({ state: next, index: cameFrom.push({ parent: index, label }) - 1 })
      }
    }
    level = nextLevel
  }
  return { states: seen.size, counterexample: undefined }
}

function traceTo(index: number, cameFrom: { parent: number; label: string }[]): string[] {
  const trace: string[] = []
  for (let at = cameFrom[index]; at && at.parent >= 0; at = cameFrom[at.parent]) trace.unshift(at.label)
  return trace
}
