import { defineConfig } from 'vitest/config'

/** What depends on the S3 service, and so is run on Ceph too. */
const onAnyS3 = ['browser', 'companion-clients', 'server', 'storage']
/** Of these, what is not about S3. */
const withoutS3 = [
  'browser/checksum.test.ts',
  'browser/upload-store.test.ts',
  'browser/either-plugin/*.test.ts',
]

export default defineConfig({
  test: {
    include: process.env.S3_UNDER_TEST ? onAnyS3.map((folder) => `${folder}/**/*.test.ts`) : ['**/*.test.ts'],
    exclude: process.env.S3_UNDER_TEST ? withoutS3 : [],
    globalSetup: ['support/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Many wait for the bandwidth that they are given, so more than two fit on two cores.
    maxWorkers: 3,
    maxConcurrency: 3,
  },
})
