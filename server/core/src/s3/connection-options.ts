// The address of S3 and the credentials: options that everything in this package shares, and the client they create.
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { z } from 'zod'

interface ClientOption {
  /**
   * Your own `S3Client`, instead of `region`, `endpoint`, `credentials` and `forcePathStyle`. You close it.
   * @default a client made of those
   */
  client: S3Client
  region?: undefined
  endpoint?: undefined
  credentials?: undefined
  forcePathStyle?: undefined
}

interface ClientSettings {
  client?: undefined
  /** The bucket's region. @default the AWS SDK's provider chain (`AWS_REGION`, shared config) */
  region?: string | undefined
  /** URL of another S3 service, as browsers reach it. @default AWS */
  endpoint?: string | undefined
  /**
   * Credentials of the server, or a provider of them.
   * @default the AWS SDK's provider chain (environment, shared config, container or instance role)
   */
  credentials?: NonNullable<S3ClientConfig['credentials']> | undefined
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. @default false */
  forcePathStyle?: boolean | undefined
}

export type ConnectionOptions = ClientOption | ClientSettings

export const clientSchema = z.custom<S3Client>(
  (value) => typeof value === 'object' && value !== null && 'send' in value && 'config' in value,
)

export const connectionShape = {
  client: clientSchema.optional(),
  region: z.string().min(1).optional(),
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  credentials: z
    .custom<NonNullable<S3ClientConfig['credentials']>>((value) =>
      ['object', 'function'].includes(typeof value),
    )
    .optional(),
  forcePathStyle: z.boolean().optional(),
}

const ConnectionSchema = z.object(connectionShape)
type Connection = z.infer<typeof ConnectionSchema>

/** @throws TypeError when both a client and the options that would create one are set */
export function checkOneClient(
  { client, region, endpoint, credentials, forcePathStyle }: Connection,
  caller: string,
): void {
  if (!client || (region ?? endpoint ?? credentials ?? forcePathStyle) === undefined) return
  throw new TypeError(
    `${caller}: give either client, or region, endpoint, credentials and forcePathStyle, not both`,
  )
}

export function createClient({ region, endpoint, credentials, forcePathStyle }: Connection): S3Client {
  const config: S3ClientConfig = {
    // The server does not compute checksums of bodies that the browser sends; stores other than AWS refuse some.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    ...(forcePathStyle !== undefined && { forcePathStyle }),
  }
  return new S3Client(config)
}
