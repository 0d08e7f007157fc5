// Runs once per `vitest run`: with S3_UNDER_TEST=ceph it boots Ceph and gives its address to the test files.
import type { TestProject } from 'vitest/node'
import { startCeph } from './start-ceph.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Set when this run tests against Ceph. */
    ceph: { endpoint: string; accessKeyId: string; secretAccessKey: string } | undefined
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.env.S3_UNDER_TEST !== 'ceph') {
    project.provide('ceph', undefined)
    return undefined
  }
  const { stop, ...ceph } = await startCeph()
  project.provide('ceph', ceph)
  return stop
}
