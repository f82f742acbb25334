export type { Store, StoreOptions } from './store.js';
