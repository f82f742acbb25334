import * as scene from '../scene/index.js';
import { page, type Route } from './routes.js';

/** Cards of both kinds, one in each state. */
export function serveCards(route: Route): void {
  const stored = { version: 1, createdAt: scene.iso(864e5), updatedAt: scene.iso(36e5) };
  route('listHouseholdCards', () =>
    page(
      ['王**', '张**', '李**', '赵**', '刘**'].map((householder, i) => ({
        ...stored,
        id: `h${i}`,
        number: `${scene.points[i % 3]!.unifiedCode}-H00${i + 1}`,
        state: (['signed', 'issued', 'stale', 'draft', 'withdrawn'] as const)[i]!,
        ...(i === 2
          ? {
              stale: ['phone', 'evacuationRoute'],
              outOfService: [
                { field: 'members.0.phone', since: scene.iso(864e5), provider: 'alicloud', code: 'MOBILE_NOT_ON_SERVICE', delivery: 'd1' },
              ],
            }
          : {}),
        hazardPoint: scene.points[i % 3]!.unifiedCode,
        householder,
        phone: `138****12${30 + i}`,
        address: `新磨村二组 ${12 + i} 号`,
        memberCount: 2 + i,
        evacuationRoute: '沿村道向东，过便桥至村小学',
        shelter: '新磨村小学操场',
        members: [],
      })),
    ),
  );
  route('listWorkCards', () =>
    page([
      {
        ...stored,
        id: 'k1',
        number: `${scene.points[1]!.unifiedCode}-W001`,
        state: 'signed',
        hazardPoint: scene.points[1]!.unifiedCode,
        responsible: { name: '周**', phone: '139****8801' },
        monitor: { name: '杨**', phone: '137****4520' },
        evacuationRoute: '沿村道向东',
        shelter: '新磨村小学',
        signal: '连续急促铜锣声',
      },
    ]),
  );
  route('createHouseholdCard', (request) => ({ ...(request.body as object), ...stored, id: 'h9', state: 'draft', members: [] }));
  route('createWorkCard', (request) => ({ ...(request.body as object), ...stored, id: 'k9', state: 'draft' }));
}
