export { startStation, type RunningStation, type StationOptions } from './station.js';
