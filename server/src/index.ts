export { ERROR_CODES, type ErrorCode, PartwayError } from './errors.js'
export type { KeyFile, PartwayOptions } from './options.js'
export { partway } from './partway.js'
export type * from './protocol.js'
