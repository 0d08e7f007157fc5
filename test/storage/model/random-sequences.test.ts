// Random sequences of operations, played on the service over HTTP and on a model of what S3 documents: the same answers,
// the same bytes. The embedded store is restarted and killed in between.
// `STORE_SEQUENCES=10000 npx vitest run storage/model` plays as many; a failure prints its seed and path, and
// `STORE_SEED=…` makes the same choices again.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { differsOnCeph } from './ceph-differences.js'
import { complete } from './complete.js'
import { copy } from './copy-object.js'
import { listObjects, listUploads } from './list.js'
import { observe, stateOf } from './observe.js'
import type { Operation } from './operation.js'
import { listParts, sendPart } from './parts.js'
import { answers, type Command, commandOf, killDuring, restart, together } from './play.js'
import { get, head } from './read-objects.js'
import type { Model } from './s3-model.js'
import { openCeph, openEmbeddedStore, type Services } from './service.js'
import { abort, create } from './uploads.js'
import { put, putAt, remove, removeMany } from './write-objects.js'

const onCeph = inject('ceph') !== undefined
const isLong = process.env.STORE_SEQUENCES !== undefined
const numRuns = Number(process.env.STORE_SEQUENCES ?? (onCeph ? 100 : 20))
/** After it, a short run plays no more: neither on a slow machine nor in search of a shorter counterexample. */
const limitMs = isLong ? Number.POSITIVE_INFINITY : 100_000
const seed = process.env.STORE_SEED === undefined ? {} : { seed: Number(process.env.STORE_SEED) }
const maxCommands = 60

const toCommand = (operation: Operation) => commandOf(operation, onCeph ? differsOnCeph : undefined)

const operations: fc.Arbitrary<Operation> = fc.oneof(
  ...[put, get, sendPart, complete, listObjects].map((arbitrary) => ({ arbitrary, weight: 5 })),
  ...[create, copy, listUploads, head, listParts].map((arbitrary) => ({ arbitrary, weight: 2 })),
  ...[remove, removeMany, abort].map((arbitrary) => ({ arbitrary, weight: 1 })),
)
/** What most sequences begin with, so that there is something to read, list and complete. */
const beginning = fc.commands([fc.oneof({ arbitrary: put, weight: 3 }, create, sendPart).map(toCommand)], {
  maxCommands: 20,
  size: 'max',
})
const writes = fc.oneof(put, copy, remove, create, sendPart, { arbitrary: complete, weight: 3 }, abort)

/** What they are sent with does not depend on which is first. */
const independent = (operation: fc.Arbitrary<Operation>) =>
  operation.filter(({ name }) => !name.includes('"condition":"same"'))
const putAtOneOfTwo = putAt(fc.constantFrom('a', 'a/b'))
const pairs = fc.tuple(independent(putAtOneOfTwo), independent(fc.oneof(putAtOneOfTwo, complete)))

const commands: fc.Arbitrary<Command> = onCeph
  ? operations.map(toCommand)
  : fc.oneof(
      { arbitrary: operations.map(toCommand), weight: 120 },
      { arbitrary: restart, weight: 1 },
      { arbitrary: killDuring(writes), weight: 2 },
      { arbitrary: together(pairs), weight: 3 },
    )

let services: Services
beforeAll(async () => {
  services = await (onCeph ? openCeph() : openEmbeddedStore())
})
afterAll(() => services?.close())

test(`${numRuns} sequences of operations have the answers that S3 documents`, { timeout: 0 }, async () => {
  const deadline = Date.now() + limitMs
  let played = 0
  const sequences = fc.commands([commands], { maxCommands, size: 'max' })
  await fc.assert(
    fc.asyncProperty(beginning, sequences, async (first, sequence) => {
      if (Date.now() > deadline) return
      played++
      const service = await services.open()
      const model: Model = { hasDefaultChecksums: !onCeph, objects: new Map(), uploads: [] }
      try {
        await fc.asyncModelRun(() => ({ model, real: service }), first)
        await fc.asyncModelRun(() => ({ model, real: service }), sequence)
        expect(await observe(service)).toEqual(stateOf(model))
        await service.checkFiles(model)
        await service.close()
      } catch (error) {
        await services.reset()
        throw error
      }
    }),
    { numRuns, ...seed },
  )
  console.log({ played, ...Object.fromEntries([...answers].sort()) })
})
