export type * from '@partway/server'
export { decodeMetadata, ERROR_CODES, PartwayError } from '@partway/server'
export { type PartwayMiddleware, type PartwayOptions, partway } from './partway.js'
