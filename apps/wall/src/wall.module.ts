import { Module } from '@nestjs/common';
import { WallService } from './wall.service.js';

/** The wall stage. Infrastructure comes from the station's global module. */
@Module({ providers: [WallService], exports: [WallService] })
export class WallModule {}
