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
    button.textContent = NAMES[root.dataset.theme ?? ''] ?? ''
    button.setAttribute('aria-label', `Colours: ${button.textContent}`)
  }
  button.hidden = false
  button.addEventListener('click', () => {
    root.dataset.theme = NEXT[root.dataset.theme ?? ''] ?? ''
    remember(root.dataset.theme)
    show()
    root.dispatchEvent(new Event('themechange'))
  })
  show()
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
