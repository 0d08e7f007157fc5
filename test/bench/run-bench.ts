// `npm run bench`: plays scenarios and writes what they came to.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadScenarios } from './load-scenarios.js'
import { parseArguments } from './parse-arguments.js'
import { type Played, playScenario } from './run/play-scenario.js'
import { openStage } from './run/stage.js'
import { openCeph } from './store/bench-store.js'

const log = (line: string) => console.log(line)
const { scenarios, output, ...options } = parseArguments(process.argv.slice(2), await loadScenarios())
const store = await openCeph()
const stage = await openStage(store)
const played: Played[] = []
try {
  for (const scenario of scenarios) played.push(await playScenario(scenario, stage, { ...options, log }))
} finally {
  await stage.close()
  await store.close()
}
if (output) await writeFile(join(output, 'benchmarks.json'), JSON.stringify(played, undefined, 2))
