// Mutation tests (`npm run mutation`): Stryker breaks the most critical sources, one change at a time, in a copy of
// the repository, and tells which changes no test notices.

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: [
    'server/core/src/tickets/{claims,ticket-token,session,secrets}.ts',
    'server/core/src/journal/seal-entry.ts',
    'server/core/src/operations/{create-in-parts,complete-upload,check-parts,deliver-object,abort-upload}.ts',
    'plugin/src/upload/{create-upload,decide,identity,part-checksum,send-missing,send-parts,upload,whole-checksum}.ts',
  ],
  testRunner: 'vitest',
  vitest: { configFile: 'test/vitest.mutation.config.ts' },
  plugins: [
    '@stryker-mutator/*',
    './test/support/ignore-sentences.js',
    './test/support/write-mutation-scores.js',
  ],
  ignorers: ['sentences'],
  ignorePatterns: ['dist', 'demo/data'],
  // No such file. Stryker would rewrite it with the compiler's API, which TypeScript 7 does not have.
  tsconfigFile: 'none',
  reporters: ['clear-text', 'scores'],
  clearTextReporter: { allowColor: false, reportTests: false },
}
