// Has tests import the packages' sources in place of what is built of them: for what is counted or changed by line.
import { join } from 'node:path'

const source = (file: string) => join(import.meta.dirname, '../..', file)

export const overSources = {
  alias: [
    { find: /^@partway\/koa$/, replacement: source('server/koa/src/index.ts') },
    { find: /^@partway\/server$/, replacement: source('server/core/src/index.ts') },
    { find: /^@partway\/server\/bucket$/, replacement: source('server/core/src/bucket/index.ts') },
    { find: /^@partway\/server\/protocol$/, replacement: source('server/core/src/protocol.ts') },
  ],
}
