import type { SystemAlarm, WallEventDraft } from '#libs/contracts';
import { hashId } from '#libs/platform';

/** Event of a fault of the system itself: everybody sees it, whatever their division (promise 5). */
export function systemAlarm(alarm: SystemAlarm, at: number): WallEventDraft {
  return {
    id: hashId(24, 'system.alarm', alarm.code, String(alarm.standing), at),
    type: 'system.alarm',
    at,
    divisionCode: '',
    payload: alarm,
  };
}
