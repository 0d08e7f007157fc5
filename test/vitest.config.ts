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
  'storage/{multipart-reader,receive-body,signature}',
]
/** The paths that users take. */
const browser = ['browser/**/*']
/** What the demo's page, the clients of peers and those of others do with S3, and so on Ceph too. */
const demoAndPeers = ['companion-clients/*', 'demo/site/{library,people,unfinished}', 'storage/clients/*']
/** What users do not come across: how it is packed, documented, shown and measured; and what takes long. */
const release = [
  'bench/**/*',
  'browser/{many-files,memory}',
  'browser/engines/*',
  'demo/memory',
  'demo/site/{accessibility,break-it,break-it-buttons,content-security-policy,play,race}',
  'docs/*',
  'examples/*',
  'faults/*',
  'packages/*',
  'server/koa-2',
  'storage/memory',
]

/** Of the folders that depend on S3, and so are run on Ceph too: what is not about S3, or about the embedded store. */
const notOnCeph = [
  'browser/{checksum,react}',
  'browser/either-plugin/*',
  'server/attacks/{json,mutations}',
  'server/many-servers/{quota,secrets}',
  'server/quota/*',
  'server/rules/decision',
  'server/tickets/session',
  'storage/{addressing,command,durability,folder-lock,restart,session-token,unreadable}',
]

function project(
  name: string,
  include: string[],
  exclude: string[],
  more: ProjectConfig = {},
): TestProjectInlineConfiguration {
  const filesOf = (paths: string[]) => paths.map((path) => `${path}.test.ts`)
  return { extends: true, test: { name, include: filesOf(include), exclude: filesOf(exclude), ...more } }
}

/** Files take turns in a few processes, in place of one process for each. */
const together: ProjectConfig = { isolate: false, setupFiles: ['support/fresh-start.ts'] }

/** A file belongs to one of them, but for what `release` has again, with more of it. */
const projects = [
  project('unit', unit, [], together),
  project('s3', ['**/*'], [...unit, ...browser, ...demoAndPeers, ...release], together),
  project('browser', browser, release),
  project('release', [...release, ...demoAndPeers, 'server/attacks/mutations'], unit, {
    env: { MUTATIONS: '10000' },
  }),
]
const projectsOnCeph = [
  project('s3', ['{server,storage}/**/*'], [...unit, ...demoAndPeers, ...release, ...notOnCeph], together),
  project('browser', [...browser, ...demoAndPeers], [...release, ...notOnCeph]),
]

export default defineConfig({
  test: {
    projects: process.env.S3_UNDER_TEST === 'ceph' ? projectsOnCeph : projects,
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
