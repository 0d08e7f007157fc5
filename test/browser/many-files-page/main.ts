// Many small files at once, and the tasks that were too long meanwhile. The query says which uploader, and with what.
import Uppy from '@uppy/core'

declare global {
  interface Window {
    uploadMany(count: number): Promise<Upload>
  }
}

/** How it went. */
export interface Upload {
  successful: number
  /** Of more than 50 ms, in milliseconds of `performance.now()`. */
  longTasks: { startMs: number; endMs: number }[]
}

const query = new URLSearchParams(location.search)
const uploaders = {
  partway: () => import('./partway-uploader.js'),
  baseline: () => import('./baseline-uploader.js'),
}

async function mount(): Promise<Uppy> {
  const uppy = new Uppy()
  const { use } = await uploaders[query.get('uploader') as keyof typeof uploaders]()
  if (query.has('dashboard')) {
    const { default: Dashboard } = await import('@uppy/dashboard')
    uppy.use(Dashboard, { inline: true, target: '#drop', width: '100%' })
  }
  use(uppy)
  return uppy
}

const mounted = mount()

async function uploadMany(count: number): Promise<Upload> {
  const uppy = await mounted
  const longTasks: Upload['longTasks'] = []
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      longTasks.push({ startMs: startTime, endMs: startTime + duration })
    }
  })
  observer.observe({ type: 'longtask' })
  // Chromium may miss the task in which it was asked to observe.
  await new Promise((resolve) => setTimeout(resolve))
  const files = Array.from({ length: count }, (_, index) => ({
    name: `${index}.txt`,
    type: 'text/plain',
    data: new Blob([new Uint8Array(1024).fill(index)]),
  }))
  uppy.addFiles(files)
  const result = await uppy.upload()
  // Entries of the last task come after it.
  await new Promise((resolve) => setTimeout(resolve))
  observer.disconnect()
  return { successful: result?.successful?.length ?? 0, longTasks }
}

Object.assign(window, { uploadMany })
