import { Module } from '@nestjs/common';
import { NotifyService } from './notify.service.js';

/** The notify stage. Infrastructure comes from the station's global module. */
@Module({ providers: [NotifyService], exports: [NotifyService] })
export class NotifyModule {}
