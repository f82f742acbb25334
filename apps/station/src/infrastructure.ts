import { type DynamicModule, Module } from '@nestjs/common';
import type { Clock, DeviceCatalogue, RegistryView, Settings, StageBus } from '#libs/contracts';
import { type Config, type DataKey, type Health, type Logger, type Metrics, token } from '#libs/platform';
import type { Store } from '#libs/store';

/** What every stage shares. Made by the station before the first stage exists. */
export interface Infrastructure {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  clock: Clock;
  bus: StageBus;
  dataKey: DataKey;
  store: Store;
  registry: RegistryView;
  catalogue: DeviceCatalogue;
  settings: () => Settings;
}

@Module({})
export class InfrastructureModule {
  static of(infrastructure: Infrastructure): DynamicModule {
    const names = Object.keys(token) as (keyof Infrastructure)[];
    return {
      module: InfrastructureModule,
      global: true,
      providers: names.map((name) => ({ provide: token[name], useValue: infrastructure[name] })),
      exports: names.map((name) => token[name]),
    };
  }
}
