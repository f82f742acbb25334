export * from './operation.js';
export * from './operations.js';
export * from './session-cookie.js';
export * from './operation-url.js';
export { CurrentSession } from './session-operations.js';
export { DeviceSecret, ReadingSeries } from './registry-operations.js';
export { HouseholdCardView, WorkCardView } from './card-operations.js';
export { PortView, QuarantineView, RuleVersionView, SettingsAnswer } from './system-operations.js';
