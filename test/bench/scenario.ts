// What a scenario is. Each is a file of `scenarios/` whose default export is one; adding one is adding a file.
import type { BenchClient } from './clients.js'
import type { Measure, Measures } from './run/measurement.js'
import type { Stage } from './run/stage.js'

export interface Scenario {
  /** As in `npm run bench -- <name>`. */
  name: string
  /** Of its table. */
  title: string
  /** What is measured, and how, as far as the title does not say it. */
  about: string
  /** In the order of their turns. What the others are compared with is the first. */
  clients: BenchClient[]
  /** Who has a turn where it has to be quick and nobody is asked for by name. @default all */
  quickClients?: BenchClient[]
  /** What is compared. @default 'allMs' */
  main?: Measure
  /** Whether the others are compared with the first. @default true */
  isCompared?: boolean
  /** What is less where it has to be quick. @default nothing but the rounds */
  quick?: string
  /** What its table shows besides. */
  columns: Measure[]
  /** For scenarios about growth: what each client stands for. The plot is one of curves then. */
  curves?: { unit: string; points: Map<string, { series: string; amount: number }> }
  /** How often each client has its turn. @default 5, and 1 when it has to be quick */
  rounds?: { all: number; quick: number }
  /** One turn. @throws NotStarted if the client cannot do it; Error if anything goes wrong. */
  measure(stage: Stage, client: BenchClient, isQuick: boolean): Promise<Measures>
}
