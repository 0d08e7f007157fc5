import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import type { ProjectConfig } from 'vitest/node'

/** Neither a server nor a browser. */
const unit = [
  'plugin/**/*',
  'model/*',
  'bench/{network/request-reader,report/draw-curves,report/statistics}',
  'server/bucket/{policy,doctor/{checks,credentials},settings/merge-rules,snippets/snippets}',
  'server/cli/readme',
  'server/content/check-content-type',
  'server/journal/entry-names',
  'server/operations',
  'server/operations/{abort-upload,complete-upload,deliver-object}',
  'server/quota/{describe-refusal,memory-quota-store}',
  'server/rules/{encoded-words,object-key,plan-parts,upload-id}',
  'server/s3/{hosts,md5-etags,presign}',
  'server/tickets/{secrets,ticket-format,ticket-token}',
  'storage/{multipart-reader,signature}',
]
/** The paths that users take. */
const browser = ['browser/**/*', 'companion-clients/*', 'faults/faults']
/** What takes long, and what users do not come across: how it is packed, documented and measured. */
const release = [
  'bench/**/*',
  'browser/{firefox,many-files,memory}',
  'demo/memory',
  'docs/*',
  'examples/*',
  'packages/*',
  'server/koa-2',
  'storage/memory',
]

/** What depends on the S3 service, and so is run on Ceph too. */
const onAnyS3 = ['browser', 'companion-clients', 'server', 'storage']
/** Of these, what is not about S3, what is about the embedded store, and what never gets as far as S3. */
const withoutS3 = [
  'browser/{firefox,react}',
  'browser/demo/{accessibility,content-security-policy}',
  'browser/checksum',
  'browser/either-plugin/*',
  'server/attacks/{json,mutations}',
  'server/koa-2',
  'server/many-servers/{quota,secrets}',
  'server/quota/*',
  'server/rules/decision',
  'server/tickets/session',
  'storage/{durability,folder-lock,memory,restart,unreadable}',
]
const isOnCeph = process.env.S3_UNDER_TEST === 'ceph'
const notOnCeph = [`!(${onAnyS3.join('|')})/**/*`, ...unit, ...withoutS3]

const filesOf = (paths: string[]) => paths.map((path) => `${path}.test.ts`)

/** Each file belongs to one project, but for those that `release` repeats with more of the same. */
function project(
  name: string,
  include: string[],
  exclude: string[] = [],
  more: ProjectConfig = {},
): TestProjectInlineConfiguration {
  const others = [...exclude, ...(isOnCeph ? notOnCeph : [])]
  return { extends: true, test: { name, include: filesOf(include), exclude: filesOf(others), ...more } }
}

export default defineConfig({
  test: {
    projects: [
      // They take turns in one process for each core.
      project('unit', unit, [], { isolate: false, setupFiles: ['support/fresh-modules.ts'] }),
      project('s3', ['**/*'], [...unit, ...browser, ...release]),
      project('browser', browser, release),
      project('release', [...release, 'server/attacks/mutations'], unit, { env: { MUTATIONS: '10000' } }),
    ],
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
