// What does not compile in a project with the middleware, and what TypeScript says of it.

const given = `
import { partway, type UploadBody } from '@partway/koa'
import type { ParameterizedContext } from 'koa'
import { uploads } from './server.js'
interface State { user?: { id: string } }
const bucket = 'media'
const signedIn = (ctx: ParameterizedContext<State>) => ctx.state.user?.id`

const mistakes: [code: string, complaint: string][] = [
  [
    'partway<State>({ bucket, owner: (ctx) => ctx.state.usr?.id })',
    "Property 'usr' does not exist on type 'State'",
  ],
  [
    'partway({ bucket, owner: signedIn, onAbort: (_, ctx) => ctx?.state.usr })',
    "Property 'usr' does not exist on type 'State'",
  ],
  ['partway({ bucket, owner: signedIn, onAbort: (_, ctx) => ctx.state })', "'ctx' is possibly 'undefined'"],
  [
    "const a: UploadBody<typeof uploads> = { id: 'seven' }",
    "Type 'string' is not assignable to type 'number'",
  ],
  ['const b: UploadBody<typeof uploads> = {}', "Type '{}' is missing the following properties"],
  [
    'partway({ bucket, owner: signedIn, onError: (error) => error.nmae })',
    "Property 'nmae' does not exist on type 'Error'",
  ],
  // These would let in what the host meant to refuse.
  ...['authorize', 'limits', 'quota', 'onVerify', 'onCreate', 'verifyContent'].map(
    (name): [string, string] => [
      `partway({ bucket, owner: signedIn, ${name}: undefined })`,
      "with 'exactOptionalPropertyTypes: true'",
    ],
  ),
]

export const source = [given.trim(), ...mistakes.map(([code]) => code)].join('\n')

const firstLine = given.trim().split('\n').length + 1

/** What the compiler is to say, and of which line. */
export const complaints = mistakes.map(([, complaint], index) => ({ line: firstLine + index, complaint }))
