import { expect, test } from 'vitest'
import { clients } from '../clients.js'
import { growClients } from '../growth.js'
import type { Played } from '../run/play-scenario.js'
import { describeOverview } from './describe-overview.js'
import { describeScenario } from './describe-scenario.js'
import { plotScenario } from './plot-scenario.js'

const played: Played = {
  scenario: {
    name: 'some',
    title: 'Some files, here & there',
    about: 'What it is.',
    clients: [],
    columns: ['appRequests', 's3Bytes'],
    measure: async () => ({}),
  },
  clients: [clients.raw.name, clients.partway.name, clients.partwayHosts.name],
  measurements: [
    { client: 'raw', round: 1, measures: { allMs: 2000 } },
    { client: 'partway', round: 1, measures: { allMs: 1800, appRequests: 3 } },
    { client: 'raw', round: 2, measures: { allMs: 1000 } },
    { client: 'partway', round: 2, measures: { allMs: 1000, appRequests: 5 } },
  ],
  skipped: [{ client: 'partway-hosts', why: 'no option hosts' }],
  failed: [{ client: 'partway', round: 3, why: 'Error: wrong bytes' }],
}

test('a table has medians, spreads and ratios, and tells who was left out', () => {
  expect(describeScenario(played, 'some.svg')).toBe(`## Some files, here & there

What it is. 2 rounds.

![Some files, here & there](some.svg)

|  | time | ÷ raw | calls to the app |
| --- | ---: | ---: | ---: |
| \`raw\` | 1.50 s (1.00 s to 2.00 s) | **1.00** |  |
| \`partway\` | 1.40 s (1.00 s to 1.80 s) | **0.95** (0.90 to 1.00) | 4 |

\`partway-hosts\` was left out: no option hosts

**\`partway\` failed in round 3**: Error: wrong bytes`)
})

test('a table of growth has the time of each, however short', () => {
  const growing = growClients('keys', [{ client: clients.raw, amounts: [1000] }])
  const name = 'raw, 1,000'
  const grown: Played = {
    ...played,
    scenario: { ...played.scenario, ...growing },
    clients: [name],
    measurements: [{ client: name, round: 1, measures: { allMs: 46.2 } }],
  }
  expect(describeScenario(grown, 'some.svg')).toContain(`|  | time | each of the keys |
| --- | ---: | ---: |
| \`raw, 1,000\` | 46.2 ms | 46.2 µs |`)
})

test('an overview has the ratios of all scenarios with a ceiling', () => {
  expect(
    describeOverview([played, { ...played, clients: [clients.partway.name] }]),
  ).toBe(`| time ÷ \`raw\` | \`partway\` | \`partway-hosts\` | \`aws-s3\` | \`aws-s3-5\` | \`tus\` |
| --- | ---: | ---: | ---: | ---: | ---: |
| Some files, here & there | 0.95 |  |  |  |  |`)
  expect(describeOverview([])).toBeUndefined()
})

test('a plot has a bar for each client, and colours for light and dark pages', () => {
  const svg = plotScenario(played)

  expect(svg).toContain('aria-label="Some files, here &amp; there"')
  expect(svg.match(/<rect class="(bar|ours)"/g)).toHaveLength(2)
  expect(svg).toContain('0.95 × · 1.40 s')
  expect(svg).toContain('prefers-color-scheme:dark')
})
