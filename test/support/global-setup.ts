// Runs once per `vitest run`: makes sure of a Chromium, and with S3_UNDER_TEST=ceph boots Ceph and gives
// its address to the test files.
import type { TestProject } from 'vitest/node'
import { ensureChromium } from './find-chromium.js'
import { type CephAccess, startCeph } from './start-ceph.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Set when this run tests against Ceph. */
    ceph: CephAccess | undefined
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  await ensureChromium()
  if (process.env.S3_UNDER_TEST !== 'ceph') {
    project.provide('ceph', undefined)
    return undefined
  }
  const { access, stop } = await startCeph()
  project.provide('ceph', access)
  return stop
}
