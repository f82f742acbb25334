export { EvaluateModule } from './evaluate.module.js';
export { EvaluateService } from './evaluate.service.js';
