// What can go wrong on the way to the middleware and to S3.
import { type Answer, type Call, errorReply, type World } from '../world.js'

export const FAULTS = [
  'is cut',
  'hangs',
  'answers 500',
  'answers 503, slow down',
  'answers 429, retry after 2 s',
  'loses its reply',
] as const
export type Fault = (typeof FAULTS)[number]
/** Of S3 only. */
export const REFUSALS = ['refuses the signature', 'refuses the file'] as const
export type TransferFault = Fault | (typeof REFUSALS)[number]
export const ROUTES = ['create', 'sign', 'parts', 'complete', 'abort'] as const
export type Route = (typeof ROUTES)[number]

const xml = (code: string) => `<Error><Code>${code}</Code></Error>`
const ANSWERS: Record<TransferFault, Answer> = {
  'is cut': { status: 0 },
  hangs: 'hold',
  'answers 500': { status: 500, body: xml('InternalError') },
  'answers 503, slow down': { status: 503, body: xml('SlowDown') },
  'answers 429, retry after 2 s': { status: 429, headers: 'Retry-After: 2\r\n' },
  'loses its reply': 'lose',
  'refuses the signature': { status: 403, body: xml('SignatureDoesNotMatch') },
  'refuses the file': { status: 400, body: xml('InvalidArgument') },
}
const REPLIES: Record<Fault, () => ReturnType<World['onCall']>> = {
  'is cut': () => Promise.reject(new TypeError('Failed to fetch')),
  hangs: () => new Promise(() => {}),
  'answers 500': () => new Response('<h1>Oops</h1>', { status: 500 }),
  'answers 503, slow down': () => errorReply(503, 's3_busy', 'Busy.'),
  'answers 429, retry after 2 s': () => errorReply(429, 'busy', 'Too many.', { 'retry-after': '2' }),
  'loses its reply': () => 'lose',
}

/** What happens to one after the other, again and again. */
export interface Weather {
  transfers: (TransferFault | 'is well')[]
  calls: (Fault | 'is well')[]
}

/** Faults in the order in which they happen. */
export class Faults {
  #transfers: TransferFault[] = []
  readonly #calls = new Map<string, Fault[]>()
  #count = 0

  constructor(private weather: Weather) {}

  /** The next transfers. */
  addTransfers(fault: TransferFault, times: number): void {
    this.#transfers.push(...Array<TransferFault>(times).fill(fault))
  }

  /** The next calls of a route. */
  addCalls(route: Route, fault: Fault, times: number): void {
    this.#calls.set(route, [...(this.#calls.get(route) ?? []), ...Array<Fault>(times).fill(fault)])
  }

  clear(): void {
    this.#transfers = []
    this.#calls.clear()
    this.weather = { transfers: [], calls: [] }
  }

  onTransfer(): Answer {
    const fault = this.#transfers.shift() ?? this.#next(this.weather.transfers)
    return fault === 'is well' ? undefined : ANSWERS[fault]
  }

  onCall({ route }: Call): ReturnType<World['onCall']> {
    const fault = this.#calls.get(route)?.shift() ?? this.#next(this.weather.calls)
    return fault === 'is well' ? undefined : REPLIES[fault]()
  }

  #next<T>(weather: T[]): T | 'is well' {
    return weather[this.#count++ % weather.length] ?? 'is well'
  }
}
