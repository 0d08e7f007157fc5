// `npm run coverage`: the whole suite, counting the lines and branches that it reaches. What runs in the pages of the
// browser tests is not counted.
import { mergeConfig } from 'vitest/config'
import { overSources } from './support/over-sources.js'
import base from './vitest.config.js'

export default mergeConfig(base, {
  resolve: overSources,
  test: {
    coverage: {
      reportOnFailure: true,
      enabled: true,
      provider: 'v8',
      allowExternal: true,
      include: ['**/server/*/src/**', '**/plugin/src/**'],
      reporter: ['text', 'text-summary'],
    },
  },
})
