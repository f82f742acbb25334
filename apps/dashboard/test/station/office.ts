import { Settings } from '#libs/contracts';
import * as scene from '../scene/index.js';
import { page, type Route } from './routes.js';

/** Who is signed in, settings, what could not be read, and the log of who did what. */
export function serveOffice(route: Route): void {
  route('createSession', (request) => {
    const { username, password } = request.body as { username?: string; password?: string };
    if (username !== 'duty' || password !== 'mountain-watch') return undefined;
    return { token: 't', expiresAt: scene.iso(-36e5), user: scene.user };
  });
  route('getSession', () => ({ expiresAt: scene.iso(-36e5), user: scene.user }));
  route('deleteSession', () => null);
  route('getSettings', () => {
    const settings = Settings.parse({
      countyName: '望山县',
      divisionCode: '513221',
      smsSign: '望山县自然资源局',
      release: { red: 'immediate', orange: 'auto-after:600', yellow: 'manual', blue: 'manual' },
      dutyRoster: [
        { name: '李文', phone: '13800138000' },
        { name: '周全', phone: '13800138001', post: 'head' },
      ],
    });
    const outOfService = { since: scene.iso(864e5), provider: 'alicloud', code: 'MOBILE_NOT_ON_SERVICE', delivery: 'd1' };
    const dutyRoster = settings.dutyRoster.map((one, i) => (i === 1 ? { ...one, outOfService } : one));
    return { version: 3, updatedBy: 'admin', settings: { ...settings, dutyRoster } };
  });
  route('listQuarantine', () =>
    page(
      (['unreadable-frame', 'unknown-code', 'clock-ahead', 'foreign-device'] as const).map((reason, i) => ({
        id: `q${i}`,
        deviceId: scene.devices[i + 2]!.deviceId,
        topic: '$dp',
        reason,
        detail: [
          'frame says 412 bytes, packet has 398',
          'sensor code L9_XX_1 is in no profile',
          'device time is 3 days ahead',
          'id 17165899 is not a child of 17165802',
        ][i]!,
        payload: '',
        receivedAt: scene.iso(i * 47e4),
      })),
    ),
  );
  route('listAudit', () =>
    page(
      ['session.created', 'device.created', 'warning.acknowledged', 'settings.changed', 'warning.published'].map((action, i) => ({
        seq: i + 1,
        id: `a${i}`,
        at: scene.iso((6 - i) * 31e4),
        actor: i % 2 === 0 ? 'duty' : 'admin',
        action,
        object: i < 2 ? 'device:17165802' : 'warning:w-slope',
        detail: { scope: 'public', version: i },
        previous: '0'.repeat(64),
        hash: `${i}9f3c2ab017de44c1b8f0`.repeat(3),
      })),
    ),
  );
  route('verifyAudit', () => ({ ok: true, records: 5, brokenAt: null }));
}
