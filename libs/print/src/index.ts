export type { PrintBlock, PrintDocument } from './document.js';
export { printPdf } from './print.js';
