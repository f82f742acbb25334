import { Module } from '@nestjs/common';
import { CalloutService } from './callout.service.js';
import { NotifyService } from './notify.service.js';

/** The notify stage. Infrastructure comes from the station's global module. */
@Module({ providers: [NotifyService, CalloutService], exports: [NotifyService, CalloutService] })
export class NotifyModule {}
