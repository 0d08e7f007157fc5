// Runs once per `vitest run`: makes sure of a Chromium, opens what the test files share, and with S3_UNDER_TEST=ceph boots Ceph.
import type { TestProject } from 'vitest/node'
import { ensureChromium } from './find-chromium.js'
import { shareResources } from './shared-resources.js'
import { type CephAccess, startCeph } from './start-ceph.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Origin of what test files share (ask-shared.ts). */
    shared: string
    /** Set when this run tests against Ceph. */
    ceph: CephAccess | undefined
  }
}

/** @param project The projects of the configuration come here as well, as they inherit all of it. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!project.isRootProject()) return undefined
  await ensureChromium()
  const shared = await shareResources()
  project.provide('shared', shared.origin)
  const ceph = process.env.S3_UNDER_TEST === 'ceph' ? await startCeph() : undefined
  project.provide('ceph', ceph?.access)
  return async () => {
    await shared.close()
    await ceph?.stop()
  }
}
