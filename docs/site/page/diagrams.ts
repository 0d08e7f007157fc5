// Draws the diagrams. Mermaid is large, so only a page that has one loads it; without it, their source is what is shown.
import { isDark, onThemeChange } from './theme.js'

export async function drawDiagrams(): Promise<void> {
  const sources = [...document.querySelectorAll<HTMLElement>('pre.diagram')]
  if (sources.length === 0) return
  const { default: mermaid } = await import('mermaid')
  const places = sources.map((source) => {
    const place = document.createElement('div')
    place.className = 'diagram'
    return { text: source.textContent ?? '', source, place }
  })

  async function draw(): Promise<void> {
    mermaid.initialize({ startOnLoad: false, theme: isDark() ? 'dark' : 'default', fontFamily: 'inherit' })
    for (const [index, { text, source, place }] of places.entries()) {
      const { svg } = await mermaid.render(`diagram-${index}`, text)
      place.innerHTML = svg
      source.replaceWith(place)
    }
  }
  onThemeChange(() => void draw())
  await draw()
}
