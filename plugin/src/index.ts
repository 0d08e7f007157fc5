export { PartwayError, type PartwayErrorDetails } from './errors.js'
export type { PartwayBody } from './file-events.js'
export type { HeadersOption, PartwayOptions, RetryOptions } from './options.js'
export { default } from './plugin.js'
