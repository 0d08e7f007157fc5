import { clients } from '../clients.js'
import { engines } from '../engines.js'
import { runInEngine } from '../run/run-in-engine.js'
import type { Scenario } from '../scenario.js'
import { NotStarted } from '../servers/start-app.js'

const MiB = 1024 ** 2

const scenario: Scenario = {
  name: 'engines',
  title: '1 × 256 MiB in each browser engine, WAN',
  about: 'The time of `partway`, and beside it that of `raw` in the same engine and round.',
  quick: '32 MiB',
  clients: engines.map(({ name }) => ({ ...clients.partway, name })),
  isCompared: false,
  rounds: { all: 3, quick: 1 },
  columns: ['rawMs', 'timesRaw', 's3Bytes'],
  async measure(stage, { name }, isQuick) {
    const engine = engines.find((one) => one.name === name)
    if (!engine || engine.missing) throw new NotStarted(engine?.missing ?? 'it is no engine')
    const [file] = await stage.files([(isQuick ? 32 : 256) * MiB])
    if (!file) throw new Error('There is no file')
    const browser = await engine.launch()
    try {
      const { allMs: rawMs = 0 } = await runInEngine(stage, browser, clients.raw, file)
      const { allMs = 0, ...measures } = await runInEngine(stage, browser, clients.partway, file)
      return { allMs, rawMs, timesRaw: allMs / rawMs, ...measures }
    } finally {
      await browser.close()
    }
  },
}
export default scenario
