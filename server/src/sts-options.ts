// The option `sts`: temporary credentials for clients that sign in the browser.
import type { STSClient } from '@aws-sdk/client-sts'
import { z } from 'zod'

export interface StsOptions {
  /** Role to assume for each owner. @default none: GetFederationToken, which a role's own credentials cannot call */
  roleArn?: string
  /** The role's external id. */
  externalId?: string
  /** 900 to 43,200 (AWS's bounds). @default 3600 */
  durationSeconds?: number
  /** @default one with the region and credentials of the S3 client */
  client?: STSClient
}

export const StsSchema = z.strictObject({
  roleArn: z.string().min(20).max(2048).optional(),
  externalId: z.string().min(2).max(1224).optional(),
  durationSeconds: z.int().min(900).max(43_200).default(3600),
  client: z
    .custom<STSClient>((client) => typeof client === 'object' && client !== null && 'send' in client)
    .optional(),
})
