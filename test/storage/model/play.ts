// Plays operations as fast-check's commands: the same answers from the service and from the model, and after a kill -9 a
// state that the operation under way has or has not reached.

import { isDeepStrictEqual } from 'node:util'
import { S3ServiceException } from '@aws-sdk/client-s3'
import type { AsyncCommand } from 'fast-check'
import fc from 'fast-check'
import { expect } from 'vitest'
import { observe, stateOf } from './observe.js'
import type { Answer, Operation } from './operation.js'
import { copyModel, type Model } from './s3-model.js'
import type { ServiceUnderTest } from './service.js'

export type Command = AsyncCommand<Model, ServiceUnderTest>

/** How often each operation had each answer. */
export const answers = new Map<string, number>()

function count(name: string, { status, code = '' }: Answer): void {
  const answer = [name.replace(/ [{"\d].*/, ''), status, code].join(' ').trim()
  answers.set(answer, (answers.get(answer) ?? 0) + 1)
}

/** @param isSkipped whether the service is known to answer otherwise than is expected */
export function commandOf(
  operation: Operation,
  isSkipped?: (operation: Operation, expected: Answer, model: Readonly<Model>) => boolean,
): Command {
  const { name, send, play } = operation
  return {
    toString: () => name,
    check: (model) => !isSkipped?.(operation, play(copyModel(model)), model),
    async run(model, service) {
      const answer = await send(service, model)
      count(name, answer)
      expect(answer, name).toEqual(play(model))
    },
  }
}

export const restart: fc.Arbitrary<Command> = fc
  .constantFrom('exit' as const, 'kill' as const)
  .map((end) => ({
    toString: () => `the store ends (${end}) and starts again`,
    check: () => true,
    run: (_model, service) => service.restart(end),
  }))

/** `kill -9` while the operation is under way, between any two of its steps: all of it has happened, or nothing. */
export function killDuring(operation: fc.Arbitrary<Operation>): fc.Arbitrary<Command> {
  return fc.record({ operation, changes: fc.nat(5) }).map(({ operation, changes }) => {
    const { name, send, play } = operation
    return {
      toString: () => `${name}, and kill -9 after ${changes} changes of the files`,
      check: () => true,
      async run(model, service) {
        const end = new AbortController()
        const changed = service.untilChanged(changes, end.signal)
        const cutOff = send(service, copyModel(model)).catch((error: unknown) => {
          if (error instanceof S3ServiceException) throw error
        })
        await Promise.race([cutOff, changed])
        end.abort()
        await service.restart('kill')
        const answer = await cutOff
        const after = copyModel(model)
        const expected = play(after)
        count(answer ? 'killed after the answer' : 'killed', expected)
        if (answer) expect(answer, name).toEqual(expected)
        const states = answer ? [stateOf(after)] : [stateOf(model), stateOf(after)]
        const state = await observe(service)
        expect(states, name).toContainEqual(state)
        if (isDeepStrictEqual(state, stateOf(after))) Object.assign(model, after)
      },
    }
  })
}

/** Two operations at once: as if one had followed the other, whichever. */
export function together(pair: fc.Arbitrary<[Operation, Operation]>): fc.Arbitrary<Command> {
  return pair.map(([one, other]) => {
    const name = `${one.name}, and at once ${other.name}`
    return {
      toString: () => name,
      check: () => true,
      async run(model, service) {
        const answers = await Promise.all([one.send(service, model), other.send(service, model)])
        const [oneFirst, otherFirst] = [copyModel(model), copyModel(model)]
        const ofOneFirst = [one.play(oneFirst), other.play(oneFirst)]
        const ofOtherFirst = [other.play(otherFirst), one.play(otherFirst)].reverse()
        const state = await observe(service)
        const outcome = { answers, state }
        const outcomes = [
          { answers: ofOneFirst, state: stateOf(oneFirst) },
          { answers: ofOtherFirst, state: stateOf(otherFirst) },
        ]
        expect(outcomes, name).toContainEqual(outcome)
        Object.assign(model, isDeepStrictEqual(state, stateOf(oneFirst)) ? oneFirst : otherFirst)
      },
    }
  })
}
