import * as scene from '../scene/index.js';
import { page, param, type Route } from './routes.js';
import type { Script } from './script.js';

/** Points, their judgement, instruments and readings. */
export function serveRegistry(route: Route, script: Script): void {
  route('listHazardPoints', () => page(scene.points));
  route('getHazardPoint', (request) => scene.points.find((one) => one.unifiedCode === param(request, 'unifiedCode')));
  route('getHazardPointState', (request) => {
    const code = param(request, 'unifiedCode');
    return scene.stateOf(code, script.progress, script.levels[code]);
  });
  route('listHazardPointIndicators', (request) => page(scene.series(param(request, 'unifiedCode'), script.progress)));
  route('listDevices', () => page(scene.devices));
  route('listDeviceProfiles', () =>
    page([
      { id: 'gnss', title: 'GNSS 位移监测站', sensors: [] },
      { id: 'crack-meter', title: '裂缝计', sensors: [] },
      { id: 'rain-gauge', title: '雨量计', sensors: [] },
    ]),
  );
  route('createDevice', (request) => ({
    deviceId: (request.body as { deviceId: string }).deviceId,
    secret: 'b7Qm2xV9-ws_41TtGkYz8RnEfHaLcDo0',
  }));
  route('getDeviceReadings', (request) => {
    const channel = scene.channels.find((one) => one.deviceId === param(request, 'id') && one.channel === request.query['channel']);
    if (!channel) return undefined;
    const drill = scene.points.find((one) => one.unifiedCode === channel.hazardPoint)?.drill;
    const count = 700;
    const begin = drill ? Date.parse(drill.eventStart) : scene.bootAt - 7 * 864e5;
    const step = drill ? (14 * 864e5 * script.progress) / count : (7 * 864e5) / count;
    const readings = Array.from({ length: count }, (_, i) => ({
      time: new Date(begin + i * step).toISOString(),
      value: scene.valueAt(channel.index, i, (i / count) * (drill ? script.progress : 1)),
      quality: [],
    }));
    return { channel: channel.channel, unit: channel.unit, resolution: '1h', readings, nextCursor: null };
  });
}
