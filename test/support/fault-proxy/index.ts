// A programmable reverse proxy on the loopback for tests of what breaks.
export { type AnswerOptions, answer, s3Error } from './actions/answer.js'
export { blackHole, halfOpen, loseReply, reset } from './actions/cut.js'
export { callAfter, delay, forwardTwice, type Wait } from './actions/deliver.js'
export { allowOrigin, editReplyHeaders, hideETag, slowHeaders, truncateReply } from './actions/reply.js'
export { type Action, type Fault, isFromPage } from './fault.js'
export { createRandom, randomFaults, survivable } from './random-faults.js'
export type { SeenRequest } from './seen-request.js'
export { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './start-fault-proxy.js'
