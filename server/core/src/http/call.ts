// What the handlers of both route tables get for one request.
import type { Operate, Subject } from '../observe.js'
import type { ResolvedOptions } from '../resolve-options.js'
import type { AllowedUpload, FileToAllow } from '../rules/authorize.js'
import type { Service } from '../service.js'
import type { Session } from '../tickets/session.js'
import type { HttpCall } from './adapter.js'

export interface Call {
  http: HttpCall<unknown>
  requestId: string
  options: ResolvedOptions
  service: Service
  session: Session
  /** Runs an operation within the request, such as one file of many. */
  operate: Operate
  /** What the request as a whole is about. */
  subject: Subject
  /** @throws PartwayError when the host or its limits refuse the file */
  allow(file: FileToAllow): Promise<AllowedUpload>
}

export interface Route {
  method: 'get' | 'post' | 'delete'
  path: string
  /** Its name in spans and to `onError`. */
  operation: string
  handle: (call: Call) => Promise<object>
}
