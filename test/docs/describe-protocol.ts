// The native routes as an OpenAPI document: requests from the schemas that the server checks them with, replies from the
// types of the protocol, codes from the table of errors.
import { join } from 'node:path'
import { ERROR_CODES } from '@partway/koa'
import { createGenerator, type Schema } from 'ts-json-schema-generator'
import { z } from 'zod'
import server from '../../server/core/package.json' with { type: 'json' }
import {
  CompleteBody,
  CreateBody,
  PartsBody,
  SignBody,
  TicketsBody,
  UnfinishedBody,
} from '../../server/core/src/http/request-schemas.js'

interface RouteText {
  summary: string
  request?: z.ZodType
  reply: string
}

const ROUTES: Record<string, RouteText> = {
  'get /config': {
    summary: 'What the page should know before the user picks files.',
    reply: 'ConfigReply',
  },
  'get /health': {
    summary: 'Whether uploads can work, for load balancers and alarms.',
    reply: 'HealthReply',
  },
  'post /create': {
    summary: 'Begins the uploads of up to 100 files, or goes on with those that were begun. Can be repeated.',
    request: CreateBody,
    reply: 'CreateReply',
  },
  'post /sign': {
    summary: 'Signs up to 100 parts. Each URL takes exactly the planned bytes, and exactly these headers.',
    request: SignBody,
    reply: 'SignReply',
  },
  'post /parts': {
    summary: 'All parts that S3 holds of an upload.',
    request: PartsBody,
    reply: 'PartsReply',
  },
  'post /complete': {
    summary: 'Makes objects of up to 100 uploads. S3 must hold all of each. Can be repeated.',
    request: CompleteBody,
    reply: 'CompleteReply',
  },
  'post /abort': {
    summary: 'Gives up to 100 uploads up. Can be repeated.',
    request: TicketsBody,
    reply: 'AbortReply',
  },
  'post /unfinished': {
    summary: "Up to 100 of the owner's unfinished uploads in parts, begun in any browser.",
    request: UnfinishedBody,
    reply: 'UnfinishedReply',
  },
}

/** @returns JSON of OpenAPI 3.1 */
export function describeProtocol(): object {
  const routes = Object.entries(ROUTES).map(
    ([route, text]) => [...route.split(' '), text] as [string, string, RouteText],
  )
  const paths: Record<string, Record<string, object>> = {}
  for (const [method, path, text] of routes) paths[path] = { [method]: describeOperation(path, text) }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Partway',
      version: server.version,
      summary: 'Browser uploads straight to S3.',
      description:
        'The native routes of @partway/koa. Where a call has a list, the reply is 200 with one outcome per item, in order: ' +
        'a result or an error.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/uploads', description: 'The middleware’s option `path`.' }],
    paths,
    components: { schemas: replySchemas() },
  }
}

function describeOperation(path: string, { summary, request, reply }: RouteText): object {
  return {
    operationId: path.slice(1),
    summary,
    ...(request && { requestBody: { required: true, content: json(requestSchema(request)) } }),
    responses: {
      200: { description: 'Done, as far as each item says.', content: json(refTo(reply)) },
      ...(path === '/health' && { 503: { description: 'Something is wrong.', content: json(refTo(reply)) } }),
      default: { description: 'The call failed as a whole.', content: json(refTo('ErrorBody')) },
    },
    // The host's own sign-in: a cookie, a header, or none.
    security: [],
  }
}

const json = (schema: object) => ({ 'application/json': { schema } })
const refTo = (name: string) => ({ $ref: `#/components/schemas/${name}` })

function requestSchema(schema: z.ZodType): object {
  // What a check is written for as code has no other form: it is described by what comes after it.
  const { $schema, ...described } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' })
  return described
}

function replySchemas(): Record<string, object> {
  const path = join(import.meta.dirname, '../../server/core/src/protocol.ts')
  const replies = new Set(Object.values(ROUTES).map(({ reply }) => reply))
  const schemas: Record<string, object> = {}
  for (const type of replies) {
    const config = { path, type, skipTypeCheck: true, expose: 'export', jsDoc: 'extended' } as const
    const { definitions = {} } = createGenerator(config).createSchema(type)
    Object.assign(schemas, definitions)
  }
  const sorted = Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))
  const { ErrorBody, ...others } = JSON.parse(toOpenApi(Object.fromEntries(sorted)))
  const { code } = ErrorBody.properties
  code.anyOf = [{ enum: Object.keys(ERROR_CODES) }, { pattern: '^[a-z\\d]+(_[a-z\\d]+)*$', maxLength: 64 }]
  return { ErrorBody, ...others }
}

function toOpenApi(schemas: Record<string, Schema | object>): string {
  return JSON.stringify(schemas)
    .replaceAll('#/definitions/', '#/components/schemas/')
    .replace(/\{@link (\w+)\}/g, '`$1`')
}
