// What operations work with. They know no Koa; routes know no S3.
import type { Presigner } from './presign.js'
import type { S3 } from './s3.js'
import type { Ticket } from './ticket.js'

export interface UploadRules {
  bucket: string
  /** Bytes. */
  partSize: number
  /** Bytes; more than this goes in parts. */
  multipartThreshold: number
  singleUpload: 'form' | 'put'
  urlExpiresInSeconds: number
}

export interface Service {
  rules: UploadRules
  s3: S3
  presigner: Presigner
  /** Makes the token that the page keeps. */
  signTicket(ticket: Ticket): Promise<string>
}
