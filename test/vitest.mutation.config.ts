// The tests that `stryker.config.js` runs, over the sources instead of the built packages.
import { defineConfig } from 'vitest/config'
import { overSources } from './support/over-sources.js'

export default defineConfig({
  root: import.meta.dirname,
  resolve: overSources,
  test: {
    include: [
      'server/operations.test.ts',
      'server/{operations,tickets}/*.test.ts',
      'server/journal/seal-entry.test.ts',
      'plugin/**/*.test.ts',
    ],
    testTimeout: 60_000,
  },
})
