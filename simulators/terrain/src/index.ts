export { preonzoRecord } from './recording.js';
export { SeededRandom } from './random.js';
export { simulatedSite, type Site, type SiteFamily, type SiteOptions } from './sites/site.js';
