// What tests and benchmarks need of a browser engine. Each driver is a file beside this one.

export interface Engine {
  name: string
  /** Why it cannot run on this machine; `undefined` if it can. */
  missing: string | undefined
  launch(): Promise<EngineBrowser>
}

export interface EngineBrowser {
  version: string
  /** Somebody new: nothing is kept, nothing is cached. */
  newProfile(): Promise<Profile>
  close(): Promise<void>
}

/** Its tabs share what the browser keeps. */
export interface Profile {
  openTab(address: string): Promise<Tab>
  close(): Promise<void>
}

export interface Tab {
  /** Runs a function in the page, and awaits it. Arguments and result are JSON. */
  evaluate<Args extends unknown[], Result>(
    run: (...args: Args) => Result | Promise<Result>,
    ...args: Args
  ): Promise<Result>
  /** Picks a file from the disk for an input, which need not be visible. */
  pick(input: string, path: string): Promise<void>
  /** As a user clicks. */
  click(selector: string): Promise<void>
  /** Resolves once the page's scripts have run, as `reload` does. */
  goto(address: string): Promise<void>
  reload(): Promise<void>
  /** Resolves when the browser is on its way. */
  back(): Promise<void>
  /** Without asking the page. */
  close(): Promise<void>
}
