import { Module } from '@nestjs/common';
import { BrokerService } from './broker.service.js';

/** The infrastructure tokens come from the station's global module. */
@Module({ providers: [BrokerService], exports: [BrokerService] })
export class BrokerModule {}
