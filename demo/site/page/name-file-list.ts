// Uppy's Dashboard leaves the list around a single file without its role, which screen readers need for the file.
import { findElement } from './create-element.js'

export function nameFileList(): void {
  const drop = findElement('#drop')
  new MutationObserver(() => {
    const list = drop.querySelector('.uppy-Dashboard-files:not([role])')
    list?.setAttribute('role', 'list')
  }).observe(drop, { childList: true, subtree: true })
}
