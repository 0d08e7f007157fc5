// Whatever a host's `authorize` answers: nobody gets in but by a documented yes, and no field that is not set changes a rule.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ResolvedOptions, resolveOptions } from '../../../server/core/src/resolve-options.js'
import { type AllowedUpload, allowUpload } from '../../../server/core/src/rules/authorize.js'
import { secrets } from '../serve.js'

const file = { name: 'a.png', type: 'image/png', size: 5, metadata: {} }
const options = resolveOptions({
  bucket: ['media', 'other'],
  owner: () => 'ada',
  secrets,
  limits: { maxFileSize: 10, types: ['image/*'] },
  object: { serverSideEncryption: 'aws:kms' },
})

function decide(decision: unknown, more: Partial<ResolvedOptions> = {}): Promise<AllowedUpload> {
  const authorize = () => decision as never
  return allowUpload(
    {} as never,
    { ...options, authorize, ...more },
    { owner: 'ada', keyPrefix: 'ada/' },
    file,
  )
}

const documented: Record<string, fc.Arbitrary<unknown>> = {
  bucket: fc.constantFrom('media', 'other'),
  key: fc.stringMatching(/^[a-z]{1,20}$/),
  metadata: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z]{0,8}$/)),
  limits: fc.record({ maxFileSize: fc.integer({ min: 5, max: 99 }) }, { requiredKeys: [] }),
  object: fc.record({ cacheControl: fc.constant('no-store') }, { requiredKeys: [] }),
}
const yes = fc.oneof(fc.constant(true), fc.record(documented, { requiredKeys: [] }))

test('a documented yes is one', async () => {
  await fc.assert(
    fc.asyncProperty(yes, async (decision) => {
      await expect(decide(decision)).resolves.toMatchObject({ owner: 'ada', size: 5 })
    }),
  )
})

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
})
const field = fc.constantFrom(...Object.keys(documented))
const isSet = (value: unknown) => value !== undefined
const isText = (value: unknown) => typeof value === 'string'
/** A documented yes, made wrong in one place. */
const spoiled = yes.chain((decision) => {
  const base: object = decision === true ? {} : (decision as object)
  return fc.oneof(
    fc.constant(Object.create(base) as object),
    fc.constant(new Proxy(base, {})),
    fc.constant([base]),
    fc.constant(Object.assign(new Error('no'), base)),
    fc.constant({ ...base, [Symbol('field')]: true }),
    fc.constant(new Map(Object.entries(base))),
    fc.constant(() => base),
    fc
      .tuple(fc.string(), anything)
      .filter(([name]) => !Object.hasOwn(documented, name) && name !== '__proto__')
      .map(([name, value]) => ({ ...base, [name]: value })),
    fc
      .tuple(
        field,
        anything.filter((value) => isSet(value) && !isText(value) && typeof value !== 'object'),
      )
      .map(([name, value]) => ({ ...base, [name]: value })),
    fc.constantFrom('limits', 'object', 'metadata').chain((name) =>
      fc.constantFrom([], new Map(), new Date(), null, Object.create({}), new Proxy({}, {})).map((value) => ({
        ...base,
        [name]: value,
      })),
    ),
  )
})

test('nothing else is ever granted', async () => {
  const others = anything.filter((value) => value !== true && !isEmptyObject(value))
  await fc.assert(
    fc.asyncProperty(fc.oneof(others, spoiled), async (decision) => {
      await expect(decide(decision)).rejects.toThrow()
    }),
    { numRuns: 1000 },
  )
})

// As many fields as it likes may be left out, so this is a yes.
function isEmptyObject(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isObject || Object.keys(value).length > 0) return false
  return [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
}

test('no field that is undefined changes what the options say', async () => {
  const limitNames = [
    'maxFileSize',
    'minFileSize',
    'types',
    'extensions',
    'maxNameLength',
    'metadataKeys',
    'maxMetadataBytes',
  ]
  const objectNames = [
    'acl',
    'serverSideEncryption',
    'sseKmsKeyId',
    'storageClass',
    'cacheControl',
    'contentDisposition',
    'tags',
  ]
  const unset = (names: string[]) =>
    fc.subarray(names).map((some) => Object.fromEntries(some.map((name) => [name, undefined])))
  const decision = fc.record({
    ...Object.fromEntries(Object.keys(documented).map((name) => [name, fc.constant(undefined)])),
    limits: fc.option(unset(limitNames), { nil: undefined }),
    object: fc.option(unset(objectNames), { nil: undefined }),
  })
  const full = resolveOptions({
    bucket: 'media',
    owner: () => 'ada',
    secrets,
    limits: {
      maxFileSize: 10,
      minFileSize: 1,
      types: ['image/*'],
      extensions: ['.png'],
      maxNameLength: 9,
      metadataKeys: ['a'],
      maxMetadataBytes: 7,
    },
    object: {
      acl: 'private',
      serverSideEncryption: 'aws:kms',
      sseKmsKeyId: 'k',
      storageClass: 'GLACIER_IR',
      cacheControl: 'no-store',
      contentDisposition: 'inline',
      tags: { a: 'b' },
    },
  })
  const { maxFilesPerRequest: _, ...limits } = full.limits
  await fc.assert(
    fc.asyncProperty(decision, async (unsets) => {
      const allowed = await decide(unsets, full)
      expect(allowed).toMatchObject({ bucket: 'media', key: `ada/${allowed.id}/a.png`, limits })
      expect(allowed.headers.options).toEqual(full.object)
    }),
  )
})
