import { expect, test } from 'vitest'
import type { Measurement } from '../run/measurement.js'
import { ratiosOf, spreadOf, valuesOf } from './statistics.js'

test('the median is the middle one, or between the two in the middle', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
  expect(spreadOf([4, 1, 2, 9])).toEqual({ median: 3, min: 1, max: 9 })
  expect(spreadOf([10])).toEqual({ median: 10, min: 10, max: 10 })
  expect(spreadOf([])).toBeUndefined()
})

test('ratios are those of one round', () => {
  const measurements: Measurement[] = [
    { client: 'raw', round: 1, measures: { allMs: 100 } },
    { client: 'partway', round: 1, measures: { allMs: 90 } },
    { client: 'raw', round: 2, measures: { allMs: 200 } },
    { client: 'partway', round: 2, measures: { allMs: 100 } },
    { client: 'partway', round: 3, measures: { allMs: 1 } },
    { client: 'raw', round: 4, measures: { allMs: 1 } },
    { client: 'partway', round: 4, measures: {} },
  ]

  expect(ratiosOf(measurements, 'partway', 'raw', 'allMs')).toEqual([0.9, 0.5])
  expect(valuesOf(measurements, 'partway', 'allMs')).toEqual([90, 100, 1])
})
