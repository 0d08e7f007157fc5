// BroadcastChannel in memory: what one says, all others of its browser hear, a moment later.
export class FakeChannels {
  readonly #open = new Set<FakeChannel>()

  open(): FakeChannel {
    const channel = new FakeChannel(this.#open)
    this.#open.add(channel)
    return channel
  }
}

export class FakeChannel {
  onmessage: ((event: { data: unknown }) => void) | null = null

  constructor(private readonly all: Set<FakeChannel>) {}

  postMessage(message: unknown): void {
    const others = [...this.all].filter((channel) => channel !== this)
    for (const channel of others) {
      const data = structuredClone(message)
      setImmediate(() => this.all.has(channel) && channel.onmessage?.({ data }))
    }
  }

  close(): void {
    this.all.delete(this)
  }
}
