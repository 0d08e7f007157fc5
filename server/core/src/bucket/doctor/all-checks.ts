// All checks, in the order in which they run.
import type { Check } from './check.js'
import { createAppChecks } from './checks/app/app-checks.js'
import { bucket } from './checks/bucket.js'
import { checksumChecks } from './checks/checksums.js'
import { clock } from './checks/clock.js'
import { ifNoneMatch, objectSize } from './checks/completion.js'
import { configuration } from './checks/configuration.js'
import { preflightPost, preflightPut } from './checks/cors.js'
import { credentials } from './checks/credentials.js'
import { endpoint } from './checks/endpoint.js'
import { formPost, postPolicy } from './checks/form-post.js'
import { journal } from './checks/journal.js'
import { lifecycle } from './checks/lifecycle.js'
import { multipart } from './checks/multipart.js'
import { permissionChecks } from './checks/permissions.js'
import { publicAccess } from './checks/public-access.js'
import { put, signedLength } from './checks/put.js'
import { region } from './checks/region.js'
import { signedHeaders } from './checks/signed-headers.js'
import { transferSpeed } from './checks/transfer-speed.js'
import type { AppUnderTest } from './probe.js'

export function listChecks(app: AppUnderTest | undefined): Check[] {
  return [
    configuration,
    endpoint,
    clock,
    region,
    credentials,
    bucket,
    ...permissionChecks,
    journal,
    publicAccess,
    lifecycle,
    preflightPost,
    preflightPut,
    formPost,
    postPolicy,
    put,
    signedLength,
    multipart,
    ...checksumChecks,
    ifNoneMatch,
    objectSize,
    signedHeaders,
    transferSpeed,
    ...(app ? createAppChecks(app) : []),
  ]
}
