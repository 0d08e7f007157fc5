// Medians and ratios of measurements.
import type { Measure, Measurement } from '../run/measurement.js'

export interface Spread {
  median: number
  min: number
  max: number
}

/** @returns undefined of nothing */
export function spreadOf(values: number[]): Spread | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [lower, upper] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  const [min, max] = [sorted[0], sorted.at(-1)]
  if (lower === undefined || upper === undefined || min === undefined || max === undefined) return undefined
  return { median: (lower + upper) / 2, min, max }
}

/** A client's values of a measure, round by round. */
export function valuesOf(measurements: Measurement[], client: string, measure: Measure): number[] {
  return measurements
    .filter((measurement) => measurement.client === client)
    .flatMap(({ measures }) => measures[measure] ?? [])
}

/** A client's values over those of `base` in the same round, so that what slows a whole round down slows both. */
export function ratiosOf(
  measurements: Measurement[],
  client: string,
  base: string,
  measure: Measure,
): number[] {
  return measurements
    .filter((measurement) => measurement.client === client)
    .flatMap(({ round, measures }) => {
      const other = measurements.find((candidate) => candidate.client === base && candidate.round === round)
      const [value, divisor] = [measures[measure], other?.measures[measure]]
      return value !== undefined && divisor ? value / divisor : []
    })
}
