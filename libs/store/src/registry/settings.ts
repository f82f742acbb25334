import type { SettingsStore } from '#libs/command';
import { Problem, Settings } from '#libs/contracts';
import type { DataKey } from '#libs/platform';
import type { Sql } from '../sql/database.js';

const personalColumn = 'command.settings.personal';

/** What a county changes. Every version is kept; the duty roster (names and numbers) and the channels (addresses and secrets) are encrypted. */
export function pgSettings(db: Sql, key: DataKey): SettingsStore {
  return {
    async current() {
      const [row] = await db.query<{ version: number; updated_by: string; record: object; personal: string }>(
        'select version, updated_by, record, personal from command.settings order by version desc limit 1',
      );
      if (!row) return undefined;
      const personal: unknown = JSON.parse(key.decrypt(row.personal, personalColumn));
      // Until there were channels, the column held the roster alone.
      const sealed = Array.isArray(personal) ? { dutyRoster: personal as unknown[] } : (personal as object);
      return { version: row.version, updatedBy: row.updated_by, settings: Settings.parse({ ...row.record, ...sealed }) };
    },

    async save({ dutyRoster, channels, formerChannels, ...record }, version, updatedBy) {
      const written = await db.run(
        `insert into command.settings (version, division_code, record, personal, updated_by)
         select $1, $2, $3, $4, $5 where $1 > (select coalesce(max(version), 0) from command.settings)
         on conflict (version) do nothing`,
        [
          version,
          record.divisionCode,
          JSON.stringify(record),
          key.encrypt(JSON.stringify({ dutyRoster, channels, formerChannels }), personalColumn),
          updatedBy,
        ],
      );
      if (written === 0)
        throw new Problem('version-conflict', `settings version ${version} is taken by another change; read them again and repeat yours`);
    },
  };
}
