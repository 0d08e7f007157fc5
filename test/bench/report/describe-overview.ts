// All scenarios that have a ceiling, at a glance: each client's time over that of `raw`.
import { clients } from '../clients.js'
import type { Played } from '../run/play-scenario.js'
import { ratiosOf, spreadOf } from './statistics.js'

const { raw } = clients
const compared = [clients.partway, clients.partwayHosts, clients.awsS3, clients.awsS35, clients.tus].map(
  ({ name }) => name,
)

/** A Markdown table; `undefined` if no scenario has a ceiling. */
export function describeOverview(played: Played[]): string | undefined {
  const rows = played
    .filter((one) => one.clients[0] === raw.name)
    .map(({ scenario: { title, main = 'allMs' }, measurements }) => {
      const ratios = compared.map((name) => spreadOf(ratiosOf(measurements, name, raw.name, main)))
      return [title, ...ratios.map((ratio) => ratio?.median.toFixed(2) ?? '')]
    })
  if (rows.length === 0) return undefined
  const head = [`time ÷ \`${raw.name}\``, ...compared.map((name) => `\`${name}\``)]
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
