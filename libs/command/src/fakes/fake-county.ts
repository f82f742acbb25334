import { EvidenceSnapshot, type Consultation, type DeliveryView, type HazardPointCreate, type WarningRecord } from '#libs/contracts';
import { warningOf } from '../../../alert/src/fakes/fixtures.js';
import { createHouseholdCard, createWorkCard } from '../cards/register.js';
import { createDevice } from '../devices/devices.js';
import { createPoint } from '../registry/points.js';
import { fakeUser, viewOf, type FakeContext } from './fake-context.js';

/** Personal data that a masked or foreign answer must never hold. */
export const personal = ['13900000011', '13900000022', '李建国', '王秀英', '三组12号', '赵独居'];

export const pointInput = (unifiedCode: string, divisionCode: string, more: Partial<HazardPointCreate> = {}): HazardPointCreate => ({
  unifiedCode,
  name: `滑坡 ${unifiedCode}`,
  kind: 'landslide',
  divisionCode,
  longitude: 103.5,
  latitude: 31.4,
  threatenedHouseholds: 3,
  threatenedPeople: 11,
  thresholds: [],
  release: {},
  ...more,
});

const at = '2026-11-21T03:00:00Z';

/** One county with one of everything: a point, a device, both cards, a warning with a delivery, a consultation, quarantine. */
export async function furnish(
  context: FakeContext,
  divisionCode: string,
): Promise<{ point: string; device: string; warning: string; consultation: string }> {
  const view = viewOf(context, fakeUser('founder', ['admin']));
  const point = `${divisionCode}010001`;
  const device = `D${divisionCode}`;
  const warning = `W${divisionCode}`;
  const consultation = `C${divisionCode}`;
  await createPoint(context, view, pointInput(point, divisionCode));
  await createDevice(context, view, { deviceId: device, profile: 'rain-gauge', hazardPoint: point, synthetic: false });
  await createWorkCard(context, view, {
    hazardPoint: point,
    responsible: { name: '李建国', phone: '13900000022' },
    monitor: { name: '王秀英', phone: '13900000022' },
    evacuationRoute: '沿村道向东',
    shelter: '村小学',
    signal: '铜锣',
  });
  await createHouseholdCard(context, view, {
    hazardPoint: point,
    householder: '王秀英',
    phone: '13900000011',
    address: '望山镇青山村三组12号',
    memberCount: 4,
    members: [{ name: '李建国', phone: '13900000022' }],
    evacuationRoute: '沿村道向东',
    shelter: '村小学',
    notes: '赵独居老人',
  });
  const record = warningOf({
    id: warning,
    hazardPoint: point,
    divisionCode,
    deliver: 'simulator',
    openedAt: at,
    eventOpenedAt: at,
    expiresAt: at,
    updatedAt: at,
    rule: { id: 'landslide', version: 'abc' },
  });
  context.store.warningRows.push(record);
  context.store.deliveryRows.push({ ...delivery(warning), warningId: warning });
  context.consultations.rows.set(consultation, consultationOf(consultation, record));
  context.store.readingRows.push({ deviceId: device, channel: 'L3_YL_1', time: Date.parse(at), value: 12.5, quality: [] });
  context.store.quarantineRows.push({
    id: `Q${divisionCode}`,
    deviceId: device,
    topic: '$dp',
    reason: 'unreadable-json',
    detail: 'not JSON',
    payload: new Uint8Array([1, 2, 255]),
    receivedAt: Date.parse(at),
  });
  return { point, device, warning, consultation };
}

const delivery = (warning: string): DeliveryView => ({
  id: `delivery-${warning}`,
  recipient: '王秀英',
  role: 'household',
  address: '13900000011',
  channel: 'sms',
  scope: 'public',
  status: 'delivered',
  ack: 'none',
  provider: 'alicloud',
  outId: 'abc',
  text: '红色预警：王秀英请撤离至村小学，联系李建国13900000022',
  parts: 1,
  attempts: 1,
  error: null,
  times: { created: at, sending: at, accepted: at, delivered: at, failed: null },
});

const consultationOf = (id: string, warning: WarningRecord): Consultation => ({
  id,
  warning: warning.id,
  hazardPoint: warning.hazardPoint,
  divisionCode: warning.divisionCode,
  title: '会商',
  exercise: false,
  state: 'open',
  openedAt: at,
  evidence: EvidenceSnapshot.parse({
    takenAt: at,
    warning,
    point: { unifiedCode: warning.hazardPoint, name: '滑坡', kind: 'landslide', threatenedHouseholds: 3, threatenedPeople: 11 },
    series: [],
    hash: 'h',
  }),
  opinions: [],
  chat: [],
  decision: null,
  version: 1,
});
