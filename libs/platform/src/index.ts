export { readConfig, ConfigError, type Config } from './config.js';
export { wallClock } from './clock.js';
export { createLogger, stageLogger, redactPhones, type Logger } from './logging.js';
export { DataKey, hashId, randomSecret, sameHash, sha256 } from './crypto.js';
export { InProcessBus } from './bus.js';
export { Metrics } from './metrics.js';
export { Health, type StageHealth } from './health.js';
export { token } from './tokens.js';
export { packageRoot } from './package-root.js';
