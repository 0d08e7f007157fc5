// `npm run bench`: plays scenarios and writes what they came to.
import { join } from 'node:path'
import { engineVersions } from './engines.js'
import { loadScenarios } from './load-scenarios.js'
import { parseArguments } from './parse-arguments.js'
import { describeMachine, describeVersions } from './report/describe-machine.js'
import { joinFigures, readFigures } from './report/kept-figures.js'
import { FIGURES, type Measured, writeReport } from './report/write-report.js'
import { playScenario } from './run/play-scenario.js'
import { openStage } from './run/stage.js'
import { warmUp } from './run/warm-up.js'
import { openCeph } from './store/bench-store.js'

const log = (line: string) => console.log(line)
const all = await loadScenarios()
const { scenarios, output, ...options } = parseArguments(process.argv.slice(2), all)
const store = await openCeph()
// Its daemons would stay.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void store.close().finally(() => process.exit(1)))
}
const stage = await openStage(store, { warmsApps: !options.isQuick })
const played: Measured[] = []
try {
  await warmUp(stage)
  const about = { machine: describeMachine(), isQuick: options.isQuick }
  const versions = await describeVersions(await engineVersions())
  const kept = await readFigures(join(output, FIGURES), about, all)
  for (const scenario of scenarios) {
    const measured = await playScenario(scenario, stage, { ...options, log })
    played.push({ ...measured, measuredAt: new Date().toISOString() })
    // After each, so that nothing that comes later can lose it.
    await writeReport(output, { ...about, versions, played: joinFigures(kept, played) })
  }
} finally {
  await stage.close()
  await store.close()
}
log(`Written: ${output}/benchmarks.md`)
// What is wrong makes a bad figure, and a bad run.
if (played.some(({ failed }) => failed.length > 0)) process.exitCode = 1
