// The whole demo in one process: the S3 service (embedded, or one that runs elsewhere) and the host app.
import { createApp } from './app.js'
import { AppServer } from './app-server.js'
import { BreakIt } from './break-it/break-it.js'
import { startEmbeddedS3, useExternalS3 } from './demo-storage.js'
import { keepSecret } from './kept-data.js'
import { Live } from './live.js'
import type { Settings } from './settings.js'

export interface DemoOptions extends Settings {
  /** The built page. */
  siteFolder: string
}

export interface Demo {
  /** URL of the page. */
  address: string
  /** Description of the S3 service, for the console. */
  s3Description: string
  close(): Promise<void>
}

export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { port, host = '127.0.0.1', storePort = 0, s3, dataFolder, siteFolder, uploadsPerDay } = options
  const secret = await keepSecret(dataFolder)
  const server = await AppServer.listen(port, host)
  const origins = [`http://localhost:${server.port}`, `http://127.0.0.1:${server.port}`]
  try {
    const live = new Live()
    const { breakIt, ...storage } = s3
      ? await useExternalS3(s3, origins)
      : await startEmbeddedS3({
          dataFolder,
          host,
          port: storePort,
          secret,
          origins,
          breakIt: new BreakIt(live, () => server.kill()),
        })
    server.serve(() => createApp({ ...storage, secret, siteFolder, uploadsPerDay, live, breakIt }))
    return {
      address: `http://localhost:${server.port}`,
      s3Description: storage.description,
      async close() {
        await server.close()
        await storage.close()
      },
    }
  } catch (error) {
    await server.close()
    throw error
  }
}
