import type {
  Consultation,
  DeliveryView,
  HazardPoint,
  HazardPointCreate,
  HouseholdCardCreate,
  WarningView,
  WorkCardCreate,
} from '#libs/contracts';
import type { ApiClient } from './api-client.js';

interface ReadingView {
  time: string;
  value: number;
  quality: string[];
}

/** What a county registers before anything can be judged, and what it looks up afterwards; places and people are nobody's. */
export class County {
  constructor(readonly api: ApiClient) {}

  /** A slope under the acceptance rulebook whose red is published at once, unless `more` says otherwise. */
  createPoint(unifiedCode: string, more: Partial<HazardPointCreate> = {}): Promise<HazardPoint> {
    return this.api.post('/hazard-points', {
      unifiedCode,
      name: '石碑村滑坡',
      kind: 'landslide',
      divisionCode: '513221',
      longitude: 103.65,
      latitude: 32.07,
      threatenedHouseholds: 12,
      threatenedPeople: 45,
      rulebook: 'reference',
      release: { red: 'immediate' },
      ...more,
    });
  }

  createHousehold(hazardPoint: string, phone: string, more: Partial<HouseholdCardCreate> = {}): Promise<{ id: string }> {
    return this.api.post('/household-cards', {
      hazardPoint,
      householder: '张三',
      phone,
      address: '石碑村3组',
      memberCount: 4,
      evacuationRoute: '2号路线',
      shelter: '村小学',
      ...more,
    });
  }

  createWorkCard(hazardPoint: string, responsible: string, monitor: string, more: Partial<WorkCardCreate> = {}): Promise<{ id: string }> {
    return this.api.post('/work-cards', {
      hazardPoint,
      responsible: { name: '王建国', phone: responsible },
      monitor: { name: '李明', phone: monitor },
      evacuationRoute: '2号路线',
      shelter: '村小学',
      signal: '连续敲锣',
      ...more,
    });
  }

  /** Puts the knock off for two hours: for drills that count messages and let nobody answer. */
  async callNobodyAgain(): Promise<void> {
    const later = 7200;
    await this.api.call('PATCH', '/settings', { callout: { knockAfterSeconds: { red: later, orange: later, yellow: later } } });
  }

  /** Registers a device and answers its secret. */
  async createDevice(deviceId: string, profile: string, hazardPoint: string, more: { interval?: number } = {}): Promise<string> {
    const { secret } = await this.api.post<{ secret: string }>('/devices', { deviceId, profile, hazardPoint, ...more });
    return secret;
  }

  warnings(hazardPoint: string): Promise<WarningView[]> {
    return this.api.all<WarningView>(`/warnings?hazardPoint=${hazardPoint}`);
  }

  /** One warning with its timeline. */
  warning(id: string): Promise<WarningView> {
    return this.api.get(`/warnings/${id}`);
  }

  deliveries(warning: string): Promise<DeliveryView[]> {
    return this.api.all<DeliveryView>(`/warnings/${warning}/deliveries`);
  }

  consultations(warning: string): Promise<Consultation[]> {
    return this.api.all<Consultation>(`/consultations?warning=${warning}`);
  }

  /** Every stored reading of a channel in [from, to], in the order the station answers. */
  readings(deviceId: string, channel: string, from: number, to: number): Promise<ReadingView[]> {
    const query = new URLSearchParams({ channel, from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    return this.api.all<ReadingView>(`/devices/${deviceId}/readings?${query.toString()}`, 'readings');
  }
}
