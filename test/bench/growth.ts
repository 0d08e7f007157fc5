// Scenarios about growth: the same client with ever larger uploads, each a row of its own.
import type { BenchClient } from './clients.js'
import type { Scenario } from './scenario.js'

export interface GrowingClient extends BenchClient {
  /** Parts or files. */
  amount: number
}

/** @param unit of the amounts, in the plural */
export function growClients(
  unit: string,
  series: { client: BenchClient; amounts: number[] }[],
): { clients: GrowingClient[] } & Required<Pick<Scenario, 'curves'>> {
  const points: Required<Scenario>['curves']['points'] = new Map()
  const clients = series.flatMap(({ client, amounts }) =>
    amounts.map((amount) => {
      const name = `${client.name}, ${amount.toLocaleString('en')}`
      points.set(name, { series: client.name, amount })
      return { ...client, name, amount }
    }),
  )
  return { clients, curves: { unit, points } }
}
