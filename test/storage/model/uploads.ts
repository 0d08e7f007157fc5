// CreateMultipartUpload and AbortMultipartUpload, and which upload an operation is about.
import { AbortMultipartUploadCommand, CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { describedBy, description, key, pick } from './arguments.js'
import { algorithms } from './content.js'
import { answerOf, type Operation, refuse, type Service } from './operation.js'
import { type Model, type Pick, pickUpload, type Upload } from './s3-model.js'

/** How requests name the upload, which may be over, or never have been. */
export function nameUpload({ Bucket, uploadIds }: Service, model: Readonly<Model>, pick: Pick) {
  const index = pickUpload(model, pick)
  return {
    Bucket,
    Key: index === undefined ? 'a' : model.uploads[index]?.key,
    UploadId: index === undefined ? 'unknown' : uploadIds[index],
  }
}

/** @returns `undefined` for one that is over */
export function openUpload(model: Readonly<Model>, pick: Pick): Upload | undefined {
  const upload = model.uploads[pickUpload(model, pick) ?? -1]
  return upload?.isOver ? undefined : upload
}

export const create: fc.Arbitrary<Operation> = fc
  .record({ key, description, algorithm: fc.constantFrom(undefined, undefined, ...algorithms) })
  .map(({ key, description, algorithm }) => ({
    name: `CreateMultipartUpload ${JSON.stringify({ key, ...description, algorithm })}`,
    send: ({ client, Bucket, uploadIds }) =>
      answerOf(
        client.send(
          new CreateMultipartUploadCommand({
            Bucket,
            Key: key,
            ...describedBy(description),
            ChecksumAlgorithm: algorithm,
          }),
        ),
        ({ UploadId = '' }) => {
          uploadIds.push(UploadId)
          return {}
        },
      ),
    play({ uploads }) {
      uploads.push({ ...description, key, algorithm, parts: new Map(), isOver: false })
      return { status: 200 }
    },
  }))

export const abort: fc.Arbitrary<Operation> = pick.map((pick) => ({
  name: `AbortMultipartUpload ${JSON.stringify(pick)}`,
  send: (service, model) =>
    answerOf(service.client.send(new AbortMultipartUploadCommand(nameUpload(service, model, pick)))),
  play(model) {
    const upload = openUpload(model, pick)
    if (!upload) return refuse(404, 'NoSuchUpload')
    upload.isOver = true
    return { status: 204 }
  },
}))
