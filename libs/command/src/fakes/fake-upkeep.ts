import { insideDivision, spanEnd, type DataGap, type MaintenanceWindow } from '#libs/contracts';
import type { GapQueries } from '../devices/gaps.js';
import type { MaintenanceStore } from '../quiet/maintenance.js';

/** Maintenance windows in memory. */
export class FakeMaintenance implements MaintenanceStore {
  readonly rows = new Map<string, MaintenanceWindow>();
  endingAfter: MaintenanceStore['endingAfter'] = async (since) => [...this.rows.values()].filter((row) => spanEnd(row) > since);
  find: MaintenanceStore['find'] = async (id) => this.rows.get(id);
  insert: MaintenanceStore['insert'] = async (window) => void this.rows.set(window.id, window);
  update: MaintenanceStore['update'] = async (window) => void this.rows.set(window.id, window);
  list: MaintenanceStore['list'] = async ({ scope, deviceId, hazardPoint, openAt, limit }) => ({
    items: [...this.rows.values()]
      .filter(
        (row) =>
          insideDivision(row.divisionCode, scope) &&
          (deviceId === undefined || row.deviceId === deviceId) &&
          (hazardPoint === undefined || row.hazardPoint === hazardPoint) &&
          (openAt === undefined || spanEnd(row) > openAt),
      )
      .slice(0, limit),
    nextCursor: null,
  });
}

/** Gaps as a list. */
export class FakeGaps implements GapQueries {
  readonly rows: DataGap[] = [];
  list: GapQueries['list'] = async ({ deviceId, state, limit }) => ({
    items: this.rows.filter((row) => row.deviceId === deviceId && (state === undefined || row.state === state)).slice(0, limit),
    nextCursor: null,
  });
}
