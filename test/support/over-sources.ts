// Has tests import the packages' sources in place of what is built of them: for what is counted or changed by line.
import { join } from 'node:path'

const source = (file: string) => join(import.meta.dirname, '../..', file)

export const overSources = {
  alias: [
    { find: /^@partway\/koa$/, replacement: source('server/src/index.ts') },
    { find: /^@partway\/koa\/bucket$/, replacement: source('server/src/bucket/index.ts') },
    { find: /^@partway\/koa\/protocol$/, replacement: source('server/src/protocol.ts') },
  ],
}
