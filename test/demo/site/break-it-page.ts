// Break it, used the way a person uses it: switches, buttons, and what the picture of the parts says.
import type { DemoPage } from '../../browser/demo-page.js'

export class BreakItPage {
  constructor(private readonly demo: DemoPage) {}

  readonly #break = () => this.demo.page.locator('#break-it')

  async turn(label: string, isOn: boolean): Promise<void> {
    const taken = this.#untilTaken()
    await this.#break().getByLabel(label).setChecked(isOn)
    await taken
  }

  async choose(label: 'Latency' | 'Bandwidth', option: string): Promise<void> {
    const taken = this.#untilTaken()
    await this.#break().getByLabel(label).selectOption(option)
    await taken
  }

  async mend(): Promise<void> {
    const taken = this.#untilTaken()
    await this.demo.page.getByRole('button', { name: 'Mend everything' }).click()
    await taken
  }

  press = (name: string) => this.#break().getByRole('button', { name }).click()

  /** Until at least so many parts of the latest upload are done, as the page shows it. */
  async untilDone(count: number): Promise<void> {
    await this.#untilAtLeast('done', count)
  }

  /** Until at least so many parts were sent again, as the page shows it. */
  async untilRepeated(count: number): Promise<void> {
    await this.#untilAtLeast('repetitions', count)
  }

  /** Until a cell of the latest upload has the state. */
  async untilCell(state: string): Promise<void> {
    await this.#break().locator(`#parts li:first-child .cells [data-state=${state}]`).first().waitFor()
  }

  /** Until no cell of the latest upload has the state. */
  async untilNone(state: string): Promise<void> {
    await this.demo.page.waitForFunction(
      (selector) => !document.querySelector(selector),
      `#parts li:first-child .cells [data-state=${state}]`,
    )
  }

  /** How many cells of the latest upload have the state now. */
  cells(state: string): Promise<number> {
    return this.#break().locator(`#parts li:first-child .cells [data-state=${state}]`).count()
  }

  /** The numbers of the latest upload's parts that are done now. */
  doneParts(): Promise<number[]> {
    const cells = this.#break().locator('#parts li:first-child .cells > *')
    return cells.evaluateAll((all) =>
      all.flatMap((cell, index) => (cell.getAttribute('data-state') === 'done' ? index + 1 : [])),
    )
  }

  async #untilAtLeast(what: 'done' | 'repetitions', count: number): Promise<void> {
    await this.demo.page.waitForFunction(
      ([what, count]) => Number(document.querySelector<HTMLElement>('#parts li')?.dataset[what]) >= count,
      [what, count] as const,
    )
  }

  async #untilTaken(): Promise<void> {
    await this.demo.page.waitForResponse((response) => response.url().endsWith('/break-it') && response.ok())
  }
}
