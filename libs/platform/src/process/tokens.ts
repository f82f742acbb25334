/** Injection tokens of the infrastructure every stage shares; the station provides them once. */
export const token = {
  config: Symbol('config'),
  logger: Symbol('logger'),
  metrics: Symbol('metrics'),
  health: Symbol('health'),
  clock: Symbol('clock'),
  bus: Symbol('bus'),
  dataKey: Symbol('dataKey'),
  store: Symbol('store'),
  registry: Symbol('registry'),
  catalogue: Symbol('catalogue'),
  settings: Symbol('settings'),
} as const;
