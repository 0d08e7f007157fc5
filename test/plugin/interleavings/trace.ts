// With INTERLEAVINGS_TRACE=1, all that happens in a replayed run is printed.

const isOn = process.env.INTERLEAVINGS_TRACE !== undefined

export function trace(...what: unknown[]): void {
  if (!isOn) return
  const words = what.map((word) => (typeof word === 'object' ? JSON.stringify(word) : String(word ?? '')))
  process.stdout.write(`${performance.now()} ms: ${words.join(' ')}\n`)
}
