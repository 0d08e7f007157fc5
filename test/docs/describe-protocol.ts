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
  /** Its type in the protocol, and the schema that the server checks it with. */
  request?: { type: string; schema: z.ZodType }
  /** Its type in the protocol. */
  reply: string
}

export const ROUTES: Record<string, RouteText> = {
  'get /config': {
    summary: 'What a page should know before the user picks files.',
    reply: 'ConfigReply',
  },
  'get /health': {
    summary:
      'Whether uploads can work, for load balancers and monitors. Open to all. The status is 200 if all is well, else 503.',
    reply: 'HealthReply',
  },
  'post /create': {
    summary:
      'Starts the uploads of up to 100 files, or resumes those that have been started. It can be repeated.',
    request: { type: 'CreateRequest', schema: CreateBody },
    reply: 'CreateReply',
  },
  'post /sign': {
    summary: 'Signs up to 100 parts. Each URL takes exactly the planned bytes, and exactly its headers.',
    request: { type: 'SignRequest', schema: SignBody },
    reply: 'SignReply',
  },
  'post /parts': {
    summary: 'Lists all parts that S3 holds of an upload.',
    request: { type: 'PartsRequest', schema: PartsBody },
    reply: 'PartsReply',
  },
  'post /complete': {
    summary:
      'Makes objects of up to 100 uploads. S3 must hold every part at its planned size. It can be repeated; several tickets of an upload are one.',
    request: { type: 'CompleteRequest', schema: CompleteBody },
    reply: 'CompleteReply',
  },
  'post /abort': {
    summary:
      'Gives up to 100 uploads up. What was completed stays. A file that was sent in one request, and is not complete, is deleted while its grant is valid. It can be repeated.',
    request: { type: 'TicketsRequest', schema: TicketsBody },
    reply: 'AbortReply',
  },
  'post /unfinished': {
    summary:
      "Lists up to 100 of the owner's unfinished uploads in parts at this mount, started in any browser. With `owner: 'anonymous'`, it lists those of the browser that asks.",
    request: { type: 'UnfinishedRequest', schema: UnfinishedBody },
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
    ...(request && { requestBody: { required: true, content: json(requestSchema(request.schema)) } }),
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
