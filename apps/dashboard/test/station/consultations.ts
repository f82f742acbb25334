import { page, type Route } from './routes.js';
import type { Script } from './script.js';

/** One consultation, about the warning `w-slope`. */
export function serveConsultations(route: Route, script: Script): void {
  route('listConsultations', (request) =>
    page(script.warnings.has('w-slope') && (request.query['warning'] ?? 'w-slope') === 'w-slope' ? [script.record()] : []),
  );
  route('getConsultation', () => script.record());
  route('addOpinion', () => script.record());
  route('decideConsultation', () => script.record());
  route('signConsultation', () => script.record());
}
