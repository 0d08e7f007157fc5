// The tests that `stryker.config.js` runs, over the sources instead of the built packages.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const source = (file: string) => join(import.meta.dirname, '..', file)

export default defineConfig({
  root: import.meta.dirname,
  resolve: {
    alias: [
      { find: /^@partway\/koa$/, replacement: source('server/src/index.ts') },
      { find: /^@partway\/koa\/protocol$/, replacement: source('server/src/protocol.ts') },
    ],
  },
  test: {
    include: ['server/operations.test.ts', 'server/{operations,tickets}/*.test.ts', 'plugin/*.test.ts'],
    testTimeout: 60_000,
  },
})
