// `npm start`: the demo on http://localhost:3000, until Ctrl-C.
import { join } from 'node:path'
import { DemoError } from './demo-error.js'
import { readSettings } from './settings.js'
import { startDemo } from './start-demo.js'

// The AWS SDK's notice about Node.js 20 does not concern users who try the demo.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

try {
  const demo = await startDemo({
    ...readSettings(process.env),
    siteFolder: join(import.meta.dirname, 'site'),
  })
  console.log(`Partway demo: ${demo.address}`)
  console.log(`S3: ${demo.s3Description}`)
  console.log('Stop it with Ctrl-C.')
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await demo.close()
      process.exitCode = 0
    })
  }
} catch (error) {
  if (!(error instanceof DemoError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
