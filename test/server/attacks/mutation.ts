// What can be done to a valid request, as values that fast-check makes, shrinks and shows.
import fc from 'fast-check'
import { headerNames, headerValues, methods, oddJson, oddTexts } from './odd-values.js'
import type { Json } from './valid-requests.js'

// Numbers choose from lists whose length is known only once the request is.

export interface NodeMutation {
  kind: 'replace' | 'remove' | 'wrap' | 'duplicate' | 'rename' | 'add'
  at: number
  name: string
  value: Json
}

export interface SpliceMutation {
  kind: 'splice'
  at: number
  position: number
  length: number
  piece: string
}

export interface TicketMutation {
  kind: 'ticket'
  at: number
  position: number
  other: number
  how: 'exchange' | 'cross' | 'character' | 'signature'
}

export interface QueryMutation {
  kind: 'query'
  at: number
  how: 'replace' | 'remove' | 'repeat' | 'rename'
  value: string
}

export interface BytesMutation {
  kind: 'bytes'
  position: number
  length: number
  insert: number[]
}

export type Mutation =
  | NodeMutation
  | SpliceMutation
  | TicketMutation
  | QueryMutation
  | BytesMutation
  | { kind: 'method'; value: string }
  | { kind: 'segment'; at: number; how: 'replace' | 'remove' | 'insert'; value: string }
  | { kind: 'header'; name: string; how: 'set' | 'add' | 'remove'; value: string }

/** Which valid request, and what is done to it. */
export interface Mutant {
  request: number
  mutations: Mutation[]
}

const nat = fc.nat()
const anyText = fc.string({ unit: 'binary', maxLength: 20 })
const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...oddTexts) },
  { weight: 1, arbitrary: anyText },
)
const value = fc.oneof(fc.constantFrom(...oddJson), text)
const choose = <Choice extends string>(...choices: Choice[]) => fc.constantFrom(...choices)

const node: fc.Arbitrary<Mutation> = fc.record({
  kind: choose('replace', 'remove', 'wrap', 'duplicate', 'rename', 'add'),
  at: nat,
  name: text,
  value,
})
const splice: fc.Arbitrary<Mutation> = fc.record({
  kind: choose('splice'),
  at: nat,
  position: nat,
  length: fc.nat(5),
  piece: text,
})
const ticket: fc.Arbitrary<Mutation> = fc.record({
  kind: choose('ticket'),
  at: nat,
  position: nat,
  other: nat,
  how: choose('exchange', 'cross', 'character', 'signature'),
})
const query: fc.Arbitrary<Mutation> = fc.record({
  kind: choose('query'),
  at: nat,
  how: choose('replace', 'remove', 'repeat', 'rename'),
  value: text,
})
const bytes: fc.Arbitrary<Mutation> = fc.record({
  kind: choose('bytes'),
  position: nat,
  length: fc.nat(20),
  insert: fc.array(fc.nat(255), { maxLength: 4 }),
})
const method: fc.Arbitrary<Mutation> = fc.record({ kind: choose('method'), value: choose(...methods) })
const segment: fc.Arbitrary<Mutation> = fc.record({
  kind: choose('segment'),
  at: nat,
  how: choose('replace', 'remove', 'insert'),
  value: text,
})
const header: fc.Arbitrary<Mutation> = fc.record({
  kind: choose('header'),
  name: choose(...headerNames),
  how: choose('set', 'add', 'remove'),
  value: choose(...headerValues),
})

const mutation = fc.oneof(
  ...[node, node, splice, ticket, query, header].flatMap((often) => [often, often]),
  ...[bytes, segment, method],
)

export const mutant: fc.Arbitrary<Mutant> = fc.record({
  request: nat,
  mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
})
