import { Module } from '@nestjs/common';
import { AlertService } from './alert.service.js';

/** The alert stage. Infrastructure comes from the station's global module. */
@Module({ providers: [AlertService], exports: [AlertService] })
export class AlertModule {}
