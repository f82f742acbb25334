import { Module } from '@nestjs/common';
import { IngestService } from './ingest.service.js';

/** The infrastructure tokens come from the station's global module. */
@Module({ providers: [IngestService], exports: [IngestService] })
export class IngestModule {}
