// `npm run bench`: plays scenarios and writes what they came to.
import { loadScenarios } from './load-scenarios.js'
import { parseArguments } from './parse-arguments.js'
import { describeMachine, describeVersions } from './report/describe-machine.js'
import { writeReport } from './report/write-report.js'
import { type Played, playScenario } from './run/play-scenario.js'
import { openStage } from './run/stage.js'
import { warmUp } from './run/warm-up.js'
import { openCeph } from './store/bench-store.js'

const log = (line: string) => console.log(line)
const { scenarios, output, ...options } = parseArguments(process.argv.slice(2), await loadScenarios())
const store = await openCeph()
// Its daemons would stay.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void store.close().finally(() => process.exit(1)))
}
const stage = await openStage(store)
const played: Played[] = []
let chromium = ''
try {
  for (const network of ['direct', 'wan'] as const) await warmUp(stage, network)
  for (const scenario of scenarios) played.push(await playScenario(scenario, stage, { ...options, log }))
  chromium = (await stage.way('direct')).browser.version()
} finally {
  await stage.close()
  await store.close()
}
await writeReport(output, {
  machine: describeMachine(),
  versions: await describeVersions(chromium),
  isQuick: options.isQuick,
  measuredAt: new Date().toISOString(),
  played,
})
log(`Written: ${output}/benchmarks.md`)
// What is wrong makes a bad figure, and a bad run.
if (played.some(({ failed }) => failed.length > 0)) process.exitCode = 1
