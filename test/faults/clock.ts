// The clock of this process, for what waits for minutes and days. Processes with the same setting agree.
const RealDate = Date

export interface ClockSetting {
  /** From when on it runs at another speed, in milliseconds since 1970. */
  from: number
  /** Its seconds in one second. */
  speed: number
  /** What it is ahead besides. */
  aheadMs: number
}

let setting: ClockSetting = { from: 0, speed: 1, aheadMs: 0 }

function read(): number {
  const { from, speed, aheadMs } = setting
  return Math.floor(from + (RealDate.now() - from) * speed + aheadMs)
}

const MovedDate: DateConstructor = new Proxy(RealDate, {
  construct: (target, values) => Reflect.construct(target, values.length > 0 ? values : [read()]),
  get: (target, name) => (name === 'now' ? read : Reflect.get(target, name)),
})

export function setClock(changes: Partial<ClockSetting>): void {
  setting = { ...setting, ...changes }
  globalThis.Date = MovedDate
}

/** It never goes back. */
export function moveClock(ms: number): void {
  setClock({ aheadMs: setting.aheadMs + ms })
}
