export type { PrintBlock, PrintDocument, PrintForm, PrintTable } from './document.js';
export { printPdf } from './print.js';
