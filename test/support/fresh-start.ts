// Test files that share a process: each starts with modules that nobody has loaded or mocked, and with the real clock, environment and
// globals. Two files that mock one module do it the same way: of a factory's mock, Vitest gives the next file the old one.
import { vi } from 'vitest'

vi.resetModules()
vi.useRealTimers()
vi.unstubAllEnvs()
vi.unstubAllGlobals()
