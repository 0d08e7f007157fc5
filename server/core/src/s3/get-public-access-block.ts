// GetPublicAccessBlock, in a way that works with Ceph.
import { GetPublicAccessBlockCommand } from '@aws-sdk/client-s3'
import { HttpRequest } from '@smithy/protocol-http'

/**
 * The command, on a connection that is not reused: without a block, Ceph 18 sends more than the reply's Content-Length says,
 * and the next reply on the connection would begin with the excess.
 */
export function getPublicAccessBlock(bucket: string): GetPublicAccessBlockCommand {
  const command = new GetPublicAccessBlockCommand({ Bucket: bucket })
  command.middlewareStack.add(
    (next) => (args) => {
      if (HttpRequest.isInstance(args.request)) args.request.headers.connection = 'close'
      return next(args)
    },
    { name: 'partwayCloseConnection', step: 'build' },
  )
  return command
}
