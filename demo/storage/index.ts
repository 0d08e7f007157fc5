export { type Store, type StoreOptions, startStore } from './store.js'
