import { defineConfig } from 'vitest/config'

/** What depends on the S3 service, and so is run on Ceph too. */
const onAnyS3 = ['browser', 'companion-clients', 'server', 'storage']
/** Of these, what is not about S3, what is about the embedded store, and what never gets as far as S3. */
const withoutS3 = [
  'browser/{firefox,react}.test.ts',
  'browser/demo/{accessibility,content-security-policy}.test.ts',
  'browser/checksum.test.ts',
  'browser/either-plugin/*.test.ts',
  'server/attacks/{json,mutations}.test.ts',
  'server/journal/entry-names.test.ts',
  'server/koa-2.test.ts',
  'server/many-servers/{quota,secrets}.test.ts',
  'server/operations.test.ts',
  'server/quota/*.test.ts',
  'server/rules/{decision,object-key,plan-parts,upload-id}.test.ts',
  'server/tickets/{secrets,session,ticket-format,ticket-token}.test.ts',
  'storage/{durability,folder-lock,memory,multipart-reader,restart,signature,unreadable}.test.ts',
]

export default defineConfig({
  test: {
    include: process.env.S3_UNDER_TEST ? onAnyS3.map((folder) => `${folder}/**/*.test.ts`) : ['**/*.test.ts'],
    exclude: process.env.S3_UNDER_TEST ? withoutS3 : [],
    globalSetup: ['support/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is waited for comes late on a busy machine.
    expect: { poll: { timeout: 30_000 } },
    // Many wait for the bandwidth that they are given, so more than two fit on two cores.
    maxWorkers: 3,
    maxConcurrency: 3,
  },
})
