import { Module } from '@nestjs/common';
import { ConsultService } from './consult.service.js';

/** The consult stage. Infrastructure comes from the station's global module. */
@Module({ providers: [ConsultService], exports: [ConsultService] })
export class ConsultModule {}
