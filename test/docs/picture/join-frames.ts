// The frames side by side, with their captions, in the demo's own colours and letters.
import type { Page } from 'playwright-core'
import type { Frame } from './take-frames.js'

const WIDTH = 1280

/** @param page the demo, whose style it takes; there is no demo in it afterwards. @returns a PNG */
export async function joinFrames(page: Page, frames: Frame[]): Promise<Buffer> {
  await page.setViewportSize({ width: WIDTH, height: 900 })
  const pictures = frames.map(({ caption, png }) => ({ caption, source: png.toString('base64') }))
  await page.evaluate(async (pictures) => {
    const columns = pictures.map(({ caption, source }, index) => {
      const image = Object.assign(new Image(), { src: `data:image/png;base64,${source}` })
      image.style.cssText = 'display: block; width: 100%'
      const title = Object.assign(document.createElement('p'), {
        textContent: `${index + 1}  ${caption}`,
      })
      title.style.cssText = 'margin: 0 0 12px 4px; font-size: 20px; font-weight: 700; white-space: pre'
      const column = document.createElement('div')
      column.style.cssText = 'flex: 1; margin: 0; min-width: 0'
      column.append(title, image)
      return column
    })
    document.body.replaceChildren(...columns)
    document.body.style.cssText = 'display: flex; gap: 16px; padding: 18px 16px 16px'
    await Promise.all([...document.images].map((image) => image.decode()))
  }, pictures)
  return await page.locator('body').screenshot()
}
