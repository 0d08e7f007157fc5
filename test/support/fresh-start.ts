// Test files that share a process: each starts with modules that nobody has loaded or mocked, and with the real clock, environment and
// globals.
import { vi } from 'vitest'

vi.resetModules()
vi.useRealTimers()
vi.unstubAllEnvs()
vi.unstubAllGlobals()
