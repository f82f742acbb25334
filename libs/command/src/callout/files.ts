import type { CalloutReport, FileAnswer } from '#libs/contracts';
import { printPdf } from '#libs/print';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { wholeFile } from '../operation/file-answer.js';
import type { ScopedView } from '../identity/scope.js';
import { pageOfReport } from './report-page.js';
import { csvOfReport } from './report-table.js';
import { reportOf } from './report.js';

/** The report as a table. What leaves the house is written in the audit log. @throws Problem out-of-scope */
export async function reportCsv(context: CommandContext, view: ScopedView, id: string): Promise<FileAnswer> {
  const report = await taken(context, view, id, 'csv');
  return wholeFile('text/csv; charset=utf-8', `report-${fileName(id)}.csv`, Buffer.from(csvOfReport(report)));
}

/** The report to print, set in a worker thread. @throws Problem out-of-scope */
export async function reportPdf(context: CommandContext, view: ScopedView, id: string): Promise<FileAnswer> {
  const report = await taken(context, view, id, 'pdf');
  const pdf = await printPdf(pageOfReport(report, context.settings.current().countyName), context.clock.now());
  return wholeFile('application/pdf', `report-${fileName(id)}.pdf`, pdf);
}

async function taken(context: CommandContext, view: ScopedView, id: string, format: string): Promise<CalloutReport> {
  const report = await reportOf(context, view, id);
  await record(context, view.user.username, 'report.export', `warning:${id}`, { format });
  return report;
}

const fileName = (id: string): string => id.replace(/[^A-Za-z0-9_-]/g, '_');
