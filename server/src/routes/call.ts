// What the handlers of both route tables get for one request.
import type { Context } from 'koa'
import type { Service } from '../service.js'
import type { Session } from '../session.js'

export interface Call {
  ctx: Context
  service: Service
  session: Session
}

/** @throws PartwayError `not_signed_in` */
export type StartCall = (ctx: Context) => Promise<Call>
