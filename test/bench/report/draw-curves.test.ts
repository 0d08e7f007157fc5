// Plots of how something grows.
import { expect, test } from 'vitest'
import { drawCurves } from './draw-curves.js'

test('names of curves that end together are legible', () => {
  const points = [
    { amount: 1, value: 1 },
    { amount: 10, value: 20 },
  ]
  const curves = ['one', 'two', 'three'].map((name) => ({ name, points, isOurs: false }))
  const svg = drawCurves('Title', 'files', curves, String)
  const baselines = curves.map(({ name }) => Number(new RegExp(`y="([\\d.]+)">${name}<`).exec(svg)?.[1]))
  const [one = 0, two = 0, three = 0] = baselines
  expect(two - one).toBeGreaterThanOrEqual(14)
  expect(three - two).toBeGreaterThanOrEqual(14)
})
