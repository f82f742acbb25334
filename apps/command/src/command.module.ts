import { Module } from '@nestjs/common';
import { CommandService } from './command.service.js';

/** The HTTP surface. Infrastructure comes from the station's global module. */
@Module({ providers: [CommandService], exports: [CommandService] })
export class CommandModule {}
