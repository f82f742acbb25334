import { Module } from '@nestjs/common';
import { EvaluateService } from './evaluate.service.js';

/** The evaluate stage; its needs come from the station's global providers (tokens of #libs/platform). */
@Module({ providers: [EvaluateService], exports: [EvaluateService] })
export class EvaluateModule {}
