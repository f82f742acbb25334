export * from './operation.js';
export * from './operations.js';
export * from './session-cookie.js';
export * from './operation-url.js';
export { ReadingSeries } from './registry-operations.js';
export {
  CardImport,
  CardImportReport,
  CardWithdraw,
  HouseholdCardView,
  ImportFault,
  WorkCardView,
  type CardVersionView,
} from './card-operations.js';
export { PortView, type RosterView } from './system-operations.js';
