// Our rules among those of others: what is written, and when there is nothing to write.
import type { CORSRule, LifecycleRule } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { corsRule, mergeCors } from '../../../../server/core/src/bucket/settings/cors.js'
import { journalRule } from '../../../../server/core/src/bucket/settings/journal.js'
import { abortRule } from '../../../../server/core/src/bucket/settings/lifecycle.js'
import { mergeRule } from '../../../../server/core/src/bucket/settings/lifecycle-rules.js'

const app = 'https://app.example'
const reading: CORSRule = {
  ID: 'reading',
  AllowedOrigins: ['*'],
  AllowedMethods: ['GET'],
  ExposeHeaders: ['x'],
}
const elsewhere: CORSRule = { AllowedOrigins: ['https://else.example'], AllowedMethods: ['DELETE'] }

describe('CORS', () => {
  test('with no rule there, ours alone', () => {
    expect(mergeCors([], [app], '').rules).toEqual([corsRule([app], '')])
  })

  test('ours comes first, and allows its origins what the rules that it goes before allow them', () => {
    const [ours, ...others] = mergeCors([elsewhere, reading], [app], '').rules ?? []
    expect(ours).toMatchObject({
      AllowedOrigins: [app],
      AllowedMethods: ['POST', 'PUT', 'GET'],
      ExposeHeaders: ['ETag', 'Location', 'x'],
    })
    expect(others).toEqual([elsewhere, reading])
  })

  test('what a store sorted is not written again; ours behind one that Ceph would take is', () => {
    const { AllowedMethods, ExposeHeaders, ...rest } = corsRule([app], '')
    const sorted = {
      ...rest,
      AllowedMethods: AllowedMethods.toReversed(),
      ExposeHeaders: ExposeHeaders.toReversed(),
    }
    expect(mergeCors([sorted, elsewhere], [app], '').rules).toBeUndefined()
    expect(mergeCors([elsewhere, sorted], [app], '').rules).toBeUndefined()
    const [first] = mergeCors([reading, sorted], [app], '').rules ?? []
    expect(first).toMatchObject({ ID: 'partway', AllowedMethods: ['POST', 'PUT', 'GET'] })
  })

  const wide = (origin: string): CORSRule => ({ ...corsRule([origin], ''), ID: 'by hand' })

  test.each([['*'], ['https://*.example'], [app]])('a rule of others that lets %s in is enough', (origin) => {
    expect(mergeCors([wide(origin)], [app], '')).toEqual({
      detail: `the rules that are there allow POST and PUT from ${app}`,
    })
  })

  test.each<[string, CORSRule[]]>([
    ['for another origin', [wide('https://*.app.example')]],
    ['for half a pattern', [wide('https://app.example*.example')]],
    ['without PUT', [{ ...wide('*'), AllowedMethods: ['POST'] }]],
    ['without the headers', [{ ...wide('*'), AllowedHeaders: ['content-type'] }]],
    ['behind one that Ceph would take', [reading, wide('*')]],
  ])('a rule of others %s is not', (_, rules) => {
    expect(mergeCors(rules, [app], '').rules?.[0]).toMatchObject({ ID: 'partway' })
  })

  test('it has to let all origins in', () => {
    expect(mergeCors([wide(app)], [app, 'http://localhost:3000'], '').rules).toHaveLength(2)
  })
})

describe('CORS of apps that share a bucket', () => {
  const ofA = corsRule([app], 'a/')

  test("the same origin has a rule of each app's, so that one app's next set-up takes nothing from the other", () => {
    const { rules = [] } = mergeCors([ofA], [app], 'b/')
    expect(rules).toEqual([corsRule([app], 'b/'), ofA])
    expect(mergeCors(rules, ['https://new.example'], 'a/').rules).toEqual([
      corsRule(['https://new.example'], 'a/'),
      corsRule([app], 'b/'),
    ])
  })

  test('whichever was set up last, there is nothing to change', () => {
    const both = [corsRule(['https://b.example'], 'b/'), ofA]
    expect(mergeCors(both, [app], 'a/').rules).toBeUndefined()
    expect(mergeCors(both, ['https://b.example'], 'b/').rules).toBeUndefined()
  })
})

describe('lifecycle', () => {
  const mergeLifecycle = (before: LifecycleRule[], prefix: string, days: number) =>
    mergeRule(before, abortRule(prefix, days))
  const rule = (ID: string, days: number, more: Partial<LifecycleRule> = {}): LifecycleRule => ({
    ID,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: days },
    ...more,
  })

  test.each<[string, LifecycleRule]>([
    ['after fewer days', rule('other', 5)],
    ['after as many', rule('other', 7)],
    ['for a shorter prefix', rule('other', 7, { Filter: { Prefix: 'up' } })],
    ['written as S3 once had it', rule('other', 7, { Filter: undefined, Prefix: 'uploads/' })],
  ])('a rule of others %s is enough', (_, other) => {
    expect(mergeLifecycle([other], 'uploads/', 7).rules).toBeUndefined()
  })

  test.each<[string, LifecycleRule]>([
    ['after more days', rule('other', 8)],
    ['for another prefix', rule('other', 7, { Filter: { Prefix: 'uploads/a/' } })],
    ['that is off', rule('other', 7, { Status: 'Disabled' })],
    [
      'that does something else',
      rule('other', 7, { AbortIncompleteMultipartUpload: undefined, Expiration: { Days: 1 } }),
    ],
  ])('a rule of others %s is not', (_, other) => {
    expect(mergeLifecycle([other], 'uploads/', 7).rules).toEqual([
      other,
      rule('partway uploads/', 7, { Filter: { Prefix: 'uploads/' } }),
    ])
  })

  test('beside rules of the older form, ours has it too', () => {
    const old: LifecycleRule = { ID: 'old', Status: 'Enabled', Prefix: '', Expiration: { Days: 1 } }
    const [, ours] = mergeLifecycle([old], '', 7).rules ?? []
    expect(ours).toMatchObject({ Prefix: '' })
    expect(ours).not.toHaveProperty('Filter')
  })

  test('ours is written again only where something about it differs', () => {
    expect(mergeLifecycle([rule('partway', 7)], '', 7).rules).toBeUndefined()
    expect(mergeLifecycle([rule('partway', 7)], '', 6).rules).toEqual([rule('partway', 6)])
    expect(mergeLifecycle([rule('partway', 7, { Status: 'Disabled' })], '', 7).rules).toEqual([
      rule('partway', 7),
    ])
  })

  test('forgotten entries go 30 days after uploads are aborted, by a rule beside that one', () => {
    const abort = rule('partway', 7)
    const { rules, detail } = mergeRule([abort], journalRule('.partway/', 7))
    const ours = {
      ID: 'partway journal .partway/',
      Status: 'Enabled',
      Filter: { Prefix: '.partway/' },
      Expiration: { Days: 37 },
    } as const
    expect(rules).toEqual([abort, ours])
    expect(detail).toBe('delete forgotten entries below .partway/ after 37 days')
    expect(mergeRule([abort, ours], journalRule('.partway/', 7)).rules).toBeUndefined()
    expect(mergeRule([ours, abort], abortRule('', 7)).rules).toBeUndefined()
  })

  test('a rule of others that deletes everything sooner is enough; one that deletes some is not', () => {
    const expiring = (Filter: LifecycleRule['Filter']) =>
      rule('other', 7, { Filter, AbortIncompleteMultipartUpload: undefined, Expiration: { Days: 30 } })
    expect(mergeRule([expiring({ Prefix: '' })], journalRule('.partway/', 7))).toEqual({
      detail: 'a rule that is there does: delete forgotten entries below .partway/ after 30 days',
    })
    const Tag = { Key: 'temporary', Value: 'yes' }
    const some = [
      { Tag },
      { ObjectSizeGreaterThan: 1 },
      { ObjectSizeLessThan: 9 },
      { And: { Prefix: '', Tags: [Tag] } },
    ]
    for (const filter of some) {
      expect(mergeRule([expiring(filter)], journalRule('.partway/', 7)).rules).toHaveLength(2)
    }
  })
})
