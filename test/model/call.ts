// A server's call: a generator that yields its steps. Each is atomic; between any two of them anything else can happen,
// and the server can end. As generators cannot be copied, a call is kept as the replies that its steps have got so far.
import { textOf } from './state.js'

/** What a step has got: JSON. */
type Reply = unknown

export interface Step<World> {
  label: string
  run(world: World): Reply
  /** The client of S3 sends it again when the reply is lost. */
  repeats?: boolean
  /** Nobody else can notice whether it has been done, so it need not be tried before and after all that others do. */
  hidden?: boolean
}

/** A part of a call that ends with a result. */
export type Steps<World, Result> = Generator<Step<World>, Result, Reply>

/** One step, for `yield*`. */
export function* step<World, Result>(
  label: string,
  run: (world: World) => Result,
  kind: { repeats?: boolean; hidden?: boolean } = {},
): Steps<World, Result> {
  return (yield { label, run, ...kind }) as Result
}

/** The result of a call that goes on as another: how it has got there matters no more. */
export class GoOn {
  readonly operation: string
  readonly input: string[]

  constructor(operation: string, ...input: string[]) {
    this.operation = operation
    this.input = input
  }
}

export type Operations<World> = Record<string, (...input: string[]) => Steps<World, Reply>>

export interface Call {
  by: string
  operation: string
  input: string[]
  /** Somebody waits for its result. */
  awaited: boolean
  replies: Reply[]
}

/** What can go wrong. */
export type Fault = 'server ends' | 'reply lost' | 'request repeated' | 'page closed'

/** What any model with servers has. */
export interface Served {
  calls: Call[]
  /** How many more faults may happen. */
  faultsLeft: number
}

export type Move<World> = [label: string, change: (world: World) => void]

/**
 * What servers can do next.
 *
 * @param receive gives a page the result of its call; `undefined`: there will be none
 * @param faults that may happen
 */
export function createServers<World extends Served>(
  operations: Operations<World>,
  receive: (world: World, by: string, result: unknown) => void,
  faults: readonly Fault[],
) {
  const find = createPositionFinder(operations)
  const stepOf = (call: Call) => find(call) as Step<World>

  function replace(world: World, call: Call, ...by: Call[]): void {
    world.calls = world.calls.toSpliced(world.calls.indexOf(call), 1, ...by)
  }

  function* moves(world: World, call: Call): Generator<Move<World>> {
    const { by, operation, awaited } = call
    const { label, run, repeats } = stepOf(call)
    const name = `${by} ${operation}: ${label}`
    yield [
      name,
      (next) => {
        const advanced = withReply(call, run(next))
        const position = find(advanced)
        if (!('result' in position)) return replace(next, call, advanced)
        if (position.result instanceof GoOn) return replace(next, call, goOn(call, position.result))
        replace(next, call)
        if (awaited) receive(next, by, position.result)
      },
    ]
    if (world.faultsLeft === 0) return
    const end = (next: World) => {
      replace(next, call)
      if (awaited) receive(next, by, undefined)
    }
    const giveUp = (next: World) => {
      replace(next, call, withoutCaller(call))
      receive(next, by, undefined)
    }
    const can = (kind: Fault) => faults.includes(kind)
    if (can('server ends')) yield fault(`${name}: THE SERVER ENDS BEFORE`, end)
    if (can('request repeated') && repeats) yield fault(`${name}: IT COMES A SECOND TIME LATER`, run)
    if (can('reply lost') && awaited) yield fault(`${by} ${operation}: THE REPLY IS LOST`, giveUp)
  }

  return {
    *moves(world: World): Generator<Move<World>> {
      for (const call of world.calls) yield* moves(world, call)
    },
    /** Of the call whose next step is hidden, if there is one: then others need not be tried. */
    hiddenMoves(world: World): Iterable<Move<World>> | undefined {
      const call = world.calls.find((call) => stepOf(call).hidden)
      return call && moves(world, call)
    },
  }
}

export function fault<World extends Served>(label: string, change: (world: World) => void): Move<World> {
  return [
    label,
    (next) => {
      next.faultsLeft -= 1
      change(next)
    },
  ]
}

/** Runs a call to its end, alone. */
export function runAlone<World>(
  world: World,
  operations: Operations<World>,
  name: string,
  ...input: string[]
): void {
  const steps = operations[name]?.(...input)
  let at = steps?.next()
  while (at && !at.done) at = steps?.next(at.value.run(world))
  if (at?.value instanceof GoOn) runAlone(world, operations, at.value.operation, ...at.value.input)
}

// The same call makes the same one, so that what is known of it is looked up by what it is.
const made = new WeakMap<Call, Map<string, Call>>()

function derive(call: Call, name: string, make: () => Call): Call {
  const derived = made.get(call) ?? new Map<string, Call>()
  made.set(call, derived)
  const known = derived.get(name) ?? make()
  derived.set(name, known)
  return known
}

function withReply(call: Call, reply: Reply): Call {
  return derive(call, textOf(reply), () => ({ ...call, replies: [...call.replies, reply] }))
}

function goOn({ by, awaited }: Call, { operation, input }: GoOn): Call {
  return { by, awaited, operation, input, replies: [] }
}

export function withoutCaller(call: Call): Call {
  return derive(call, 'without caller', () => ({ ...call, awaited: false }))
}

function createPositionFinder<World>(operations: Operations<World>) {
  const known = new WeakMap<Call, Step<World> | { result: Reply }>()
  return (call: Call) => {
    const position = known.get(call) ?? replay(operations, call)
    known.set(call, position)
    return position
  }
}

function replay<World>(operations: Operations<World>, { operation, input, replies }: Call) {
  const start = operations[operation]
  if (!start) throw new TypeError(`no operation ${operation}`)
  const steps = start(...input)
  let at = steps.next()
  for (const reply of replies) at = steps.next(reply)
  return at.done ? { result: at.value } : at.value
}
