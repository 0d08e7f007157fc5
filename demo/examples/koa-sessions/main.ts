// The page: a signed-in user uploads, and sees the database's rows of those uploads.
import Partway from '@partway/uppy'
import Uppy from '@uppy/core'
import '@uppy/core/css/style.min.css'
import Dashboard from '@uppy/dashboard'
import '@uppy/dashboard/css/style.min.css'

interface Me {
  user?: string
  uploads: { id: string; name: string; size: number; state: string }[]
}

async function ask(): Promise<Me> {
  const reply = await fetch('/me')
  return reply.json()
}

async function showUploads(): Promise<void> {
  const { uploads } = await ask()
  const entries = uploads.map(({ name, size, state }) => {
    const entry = document.createElement('li')
    entry.textContent = `${name}: ${size} bytes, ${state}`
    return entry
  })
  document.querySelector('#uploads')?.replaceChildren(...entries)
}

const { user } = await ask()
document.querySelector(user ? 'main' : '#sign-in')?.removeAttribute('hidden')
if (user) {
  new Uppy()
    .use(Dashboard, { inline: true, target: '#drop' })
    .use(Partway, { endpoint: '/uploads' })
    .on('complete', showUploads)
  await showUploads()
}
