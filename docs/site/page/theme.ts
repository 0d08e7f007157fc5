// Light or dark: as the system has it, until the reader chooses.

const KEY = 'partway-docs-theme'
/** What a press leads to. '' is the system's. */
const NEXT: Record<string, string> = { '': 'light', light: 'dark', dark: '' }
const NAMES: Record<string, string> = { '': 'Auto', light: 'Light', dark: 'Dark' }

const root = document.documentElement
const system = matchMedia('(prefers-color-scheme: dark)')

export function addThemeButton(): void {
  const button = document.querySelector<HTMLButtonElement>('.theme-button')
  if (!button) return
  const show = () => {
    const name = NAMES[root.dataset.theme ?? ''] ?? ''
    button.textContent = `◐ ${name}`
    button.setAttribute('aria-label', `Colours: ${name}`)
  }
  button.hidden = false
  button.addEventListener('click', () => {
    root.dataset.theme = NEXT[root.dataset.theme ?? ''] ?? ''
    remember(root.dataset.theme)
    show()
    choosePictures()
    root.dispatchEvent(new Event('themechange'))
  })
  show()
  choosePictures()
}

/** Of a picture that has one for dark pages: a media query alone would follow the system. */
function choosePictures(): void {
  const media = { '': '(prefers-color-scheme: dark)', light: 'not all', dark: 'all' }[
    root.dataset.theme ?? ''
  ]
  for (const source of document.querySelectorAll('source[media]')) source.setAttribute('media', media ?? '')
}

/** A browser that keeps nothing shows the choice until the page is left. */
function remember(theme: string): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch {}
}

export function isDark(): boolean {
  return root.dataset.theme ? root.dataset.theme === 'dark' : system.matches
}

export function onThemeChange(listener: () => void): void {
  root.addEventListener('themechange', listener)
  system.addEventListener('change', listener)
}
