import { defineConfig } from 'vitest/config'

/** What depends on the S3 service, and so is run on Ceph too. */
const onAnyS3 = ['browser', 'companion-clients', 'server', 'storage']

export default defineConfig({
  test: {
    include: process.env.S3_UNDER_TEST ? onAnyS3.map((folder) => `${folder}/**/*.test.ts`) : ['**/*.test.ts'],
    globalSetup: ['support/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
