export { WallModule } from './wall.module.js';
export { WallService, type WallConnections, type WallStore } from './wall.service.js';
