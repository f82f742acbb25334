export { startStation } from './station.js';
