// Results for screen readers, where the text that shows them comes and goes. The page has one region for all of them:
// readers do not reliably notice regions that are added later.
import { findElement } from './create-element.js'

/** Do not announce what Uppy's Dashboard says itself: added, resumed, failed and complete. */
export function announce(result: string): void {
  findElement('#announcements').textContent = result
}
