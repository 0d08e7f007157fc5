export { FolderInUseError } from './state/folder-lock.js'
export { type Store, type StoreOptions, startStore } from './store.js'
