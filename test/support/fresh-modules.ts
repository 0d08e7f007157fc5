// Test files that share a process: each loads its modules anew, whatever the one before has mocked or left in them.
import { vi } from 'vitest'

vi.resetModules()
