import { type DynamicModule, Module } from '@nestjs/common';
import { AlertModule } from '#apps/alert';
import { BrokerModule } from '#apps/broker';
import { CommandModule } from '#apps/command';
import { ConsultModule } from '#apps/consult';
import { EvaluateModule } from '#apps/evaluate';
import { IngestModule } from '#apps/ingest';
import { NotifyModule } from '#apps/notify';
import { WallModule } from '#apps/wall';
import { type Infrastructure, InfrastructureModule } from './infrastructure.js';

/** Every stage in one process. */
@Module({ imports: [BrokerModule, IngestModule, EvaluateModule, AlertModule, NotifyModule, WallModule, ConsultModule, CommandModule] })
export class StationModule {
  static with(infrastructure: Infrastructure): DynamicModule {
    return { module: StationModule, imports: [InfrastructureModule.of(infrastructure)] };
  }
}
