export { IngestModule } from './ingest.module.js';
export { IngestService } from './ingest.service.js';
