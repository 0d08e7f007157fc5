import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['faults/*.faults.ts'],
    globalSetup: ['support/global-setup.ts'],
    hookTimeout: 120_000,
  },
})
