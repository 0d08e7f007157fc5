// An operation on S3: the request, and what the model makes of it. Both must give the same answer.
import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import type { Model, Pick } from './s3-model.js'

/** S3's answer: its status, an error's code, and of a success what the model can tell beforehand. */
export interface Answer {
  status: number
  code?: string
  [field: string]: unknown
}

/** The bucket that is played on, with what only the service itself can know. */
export interface Service {
  client: S3Client
  Bucket: string
  /** Of the model's uploads, in the same order. */
  uploadIds: string[]
  /** Where the last page of a list ended. */
  objectsToken?: string | undefined
  uploadsMarkers?: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined }
}

export interface Operation {
  /** With its arguments, as a report shows it. */
  name: string
  /** What it is about, as far as somebody asks. */
  pick?: Pick
  otherwise?: string
  /** The model is as it was before the operation. */
  send(service: Service, model: Readonly<Model>): Promise<Answer>
  /** @returns what S3 documents */
  play(model: Model): Answer
}

export function refuse(status: number, code: string): Answer {
  return { status, code }
}

/** What a request came to. @throws whatever is not an answer of S3 */
export async function answerOf<Output extends { $metadata: { httpStatusCode?: number } }>(
  request: Promise<Output>,
  read: (output: Output) => object | Promise<object> = () => ({}),
): Promise<Answer> {
  try {
    const output = await request
    return { status: output.$metadata.httpStatusCode ?? 0, ...(await read(output)) }
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error
    const status = error.$metadata.httpStatusCode ?? 0
    // It has no body, so no code.
    return status === 304 ? { status } : refuse(status, error.name)
  }
}
