import { expect, test } from 'vitest'
import { loadScenarios } from './load-scenarios.js'
import { parseArguments } from './parse-arguments.js'

const scenarios = await loadScenarios()

test('each file of scenarios/ has one, with a name of its own', () => {
  const names = scenarios.map(({ name }) => name)

  expect(names).toContain('large-wan')
  expect(new Set(names).size).toBe(names.length)
})

test('without arguments all is measured, and written into the docs', () => {
  const parsed = parseArguments([], scenarios)

  expect(parsed).toMatchObject({ scenarios, clients: [], isQuick: false, rounds: undefined })
  expect(parsed.output).toMatch(/docs$/)
})

test('names choose scenarios and clients, and the docs stay as they are', () => {
  const parsed = parseArguments(['large-wan', 'raw', 'partway', '--quick', '--rounds', '2'], scenarios)

  expect(parsed.scenarios.map(({ name }) => name)).toEqual(['large-wan'])
  expect(parsed).toMatchObject({ clients: ['raw', 'partway'], isQuick: true, rounds: 2 })
  expect(parsed.output).not.toMatch(/docs$/)
})

test('what is neither is told', () => {
  expect(() => parseArguments(['nothing'], scenarios)).toThrow(/nothing is neither a scenario \(.*large-wan/)
  expect(() => parseArguments(['--rounds', '0'], scenarios)).toThrow(/--rounds must be .* got 0/)
})
