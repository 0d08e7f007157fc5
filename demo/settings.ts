// Reads the demo's environment variables, checks them and fills in defaults.
import { join } from 'node:path'
import { DemoError } from './demo-error.js'

/** An S3 service that runs elsewhere. Without credentials, the AWS SDK looks for them in its usual places. */
export interface ExternalS3 {
  bucket: string
  region: string
  endpoint: string | undefined
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined
  forcePathStyle: boolean
}

export interface Settings {
  /** 0 takes any free port. @default 3000 */
  port: number
  /** Address that page and embedded store listen on; `0.0.0.0` in a container. @default '127.0.0.1' */
  host?: string
  /** Of the embedded store, for browsers; 0 takes the one of the last run, or any free one. @default 0 */
  storePort?: number
  /** Uploads that each person may start in 24 hours. @default 20 */
  uploadsPerDay: number
  /** Keeps the embedded store's objects and the secret of cookies and tickets over a restart. @default demo/data */
  dataFolder: string
  /** `undefined`: the embedded store. */
  s3: ExternalS3 | undefined
}

type Environment = Record<string, string | undefined>

export function readSettings(environment: Environment): Settings {
  return {
    port: readPort('PORT', environment.PORT || '3000'),
    host: environment.HOST || '127.0.0.1',
    storePort: readPort('STORE_PORT', environment.STORE_PORT || '0'),
    uploadsPerDay: readUploadsPerDay(environment.UPLOADS_PER_DAY),
    dataFolder: environment.DATA_FOLDER || join(import.meta.dirname, '../data'),
    s3: readS3(environment),
  }
}

function readPort(name: string, value: string): number {
  const port = Number(value)
  if (!/^\d+$/.test(value) || port > 65_535) {
    throw new DemoError(`${name} is "${value}": it must be a number from 0 to 65535.`)
  }
  return port
}

function readUploadsPerDay(value = '20'): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) {
    throw new DemoError(`UPLOADS_PER_DAY is "${value}": it must be a number from 1 to 999999.`)
  }
  return Number(value)
}

function readS3(environment: Environment): ExternalS3 | undefined {
  const endpoint = environment.S3_ENDPOINT || undefined
  if (!endpoint && !environment.S3_BUCKET) return undefined
  if (endpoint && !isHttpUrl(endpoint)) {
    throw new DemoError(`S3_ENDPOINT is "${endpoint}": it must be a URL such as http://127.0.0.1:9000.`)
  }
  return {
    bucket: environment.S3_BUCKET || 'partway-demo',
    region: environment.S3_REGION || 'us-east-1',
    endpoint,
    credentials: readCredentials(environment),
    forcePathStyle: readBoolean(
      'S3_FORCE_PATH_STYLE',
      environment.S3_FORCE_PATH_STYLE,
      endpoint !== undefined,
    ),
  }
}

function readCredentials(environment: Environment): ExternalS3['credentials'] {
  const accessKeyId = environment.S3_ACCESS_KEY_ID
  const secretAccessKey = environment.S3_SECRET_ACCESS_KEY
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey }
  if (accessKeyId || secretAccessKey) {
    throw new DemoError('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together: set both, or neither.')
  }
  return undefined
}

function readBoolean(name: string, value: string | undefined, fallback: boolean): boolean {
  if (!value) return fallback
  if (value === 'true' || value === 'false') return value === 'true'
  throw new DemoError(`${name} is "${value}": it must be true or false.`)
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
