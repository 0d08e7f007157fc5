// Mermaid's diagrams, drawn by Mermaid itself, in Chromium as on the page that shows them.
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { send } from '@koa/send'
import Koa from 'koa'
import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Served, serve } from '../../server/serve.js'

declare global {
  interface Window {
    draw(diagram: string): Promise<string>
  }
}

const mermaid = dirname(createRequire(import.meta.url).resolve('mermaid'))

const PAGE = `<!doctype html><title>Diagrams</title><script type="module">
  import mermaid from '/mermaid.esm.min.mjs'
  window.draw = async (diagram) => (await mermaid.render('diagram', diagram)).svg
</script>`

/** A page on which diagrams are drawn, one after another. */
export class DrawingBoard {
  private constructor(
    private readonly page: Page,
    private readonly host: Served,
  ) {}

  static async open(browser: Browser): Promise<DrawingBoard> {
    const app = new Koa()
    app.use(async (ctx) => {
      if (ctx.path === '/') ctx.body = PAGE
      else await send(ctx, ctx.path, { root: mermaid })
    })
    const host = await serve(app.callback())
    const page = await browser.newPage()
    await page.goto(host.origin)
    return new DrawingBoard(page, host)
  }

  /** @throws with what Mermaid does not understand. */
  async draw(diagram: string): Promise<void> {
    const svg = await this.page.evaluate((text) => window.draw(text), diagram)
    expect(svg).toMatch(/^<svg .*<\/svg>$/s)
  }

  async close(): Promise<void> {
    await this.page.close()
    await this.host.close()
  }
}
