export { capMessages } from './compose.js';
export { capFeed } from './feed.js';
export type { CapMessage } from './message.js';
export { capXml } from './xml.js';
