// For calls after which a connection must not be used again.
import type { GetPublicAccessBlockCommand } from '@aws-sdk/client-s3'
import { HttpRequest } from '@smithy/protocol-http'

/**
 * Has the connection closed after the reply. Ceph 18 sends a second document behind its "404
 * NoSuchPublicAccessBlockConfiguration", and the next reply on the connection would begin with that.
 *
 * @returns the command itself
 */
export function closeConnectionAfter(command: GetPublicAccessBlockCommand): GetPublicAccessBlockCommand {
  command.middlewareStack.add(
    (next) => async (args) => {
      if (HttpRequest.isInstance(args.request)) args.request.headers.connection = 'close'
      return await next(args)
    },
    { name: 'partwayCloseConnection', step: 'build' },
  )
  return command
}
