import type PDFDocument from 'pdfkit';
import type { FormCell, PrintDocument, PrintForm, PrintTable } from './document.js';

export interface SetInput {
  document: PrintDocument;
  /** File of package.json: modules are found from there, in sources as in the built files. */
  root: string;
  /** Time written into the file, epoch ms: the same input gives the same pages. */
  at: number;
}

/**
 * Sets a document as PDF with the fonts embedded. It runs in a worker thread and travels there as its own text, so it may use
 * nothing but its argument (see `WorkerTask` in platform); that is why all of it is one function.
 */
export async function setPages({ document, root, at }: SetInput): Promise<Uint8Array> {
  const { createRequire } = process.getBuiltinModule('node:module');
  const path = process.getBuiltinModule('node:path');
  const load = createRequire(root);
  const PdfDocument = load('pdfkit') as typeof PDFDocument;
  const fonts = path.join(path.dirname(load.resolve('@embedpdf/fonts-sc')), '..', 'fonts');

  const side = 48;
  const bandHeight = document.band === undefined ? 0 : 22;
  const pdf = new PdfDocument({
    size: document.size ?? 'A4',
    layout: document.orientation ?? 'portrait',
    // The foot is drawn below the bottom margin at the end, when the number of pages is known.
    margins: { top: 52 + bandHeight, bottom: 52, left: side, right: side },
    bufferPages: true,
    lang: 'zh-CN',
    info: { Title: document.title, Author: document.header, CreationDate: new Date(at), ModDate: new Date(at) },
  });
  const chunks: Buffer[] = [];
  const finished = new Promise<Uint8Array>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  pdf.registerFont('plain', path.join(fonts, 'NotoSansHans-Regular.otf'));
  pdf.registerFont('bold', path.join(fonts, 'NotoSansHans-Bold.otf'));

  const padding = 4;
  const line = '#666666';
  const lineWidth = pdf.page.width - 2 * side;
  const bottom = (): number => pdf.page.height - pdf.page.margins.bottom;
  const top = (): number => pdf.page.margins.top;
  const face = (bold: boolean, size: number) => pdf.font(bold ? 'bold' : 'plain').fontSize(size);
  const sharesOf = (shares: readonly number[]): number[] => {
    const whole = shares.reduce((sum, share) => sum + share, 0);
    return shares.map((share) => (share / whole) * lineWidth);
  };
  /** Makes room for something `height` high; a new page when it does not fit on this one. */
  const room = (height: number, onNewPage?: () => void): void => {
    if (pdf.y + height <= bottom() || pdf.y <= top()) return;
    pdf.addPage();
    onNewPage?.();
  };

  interface Cell {
    text: string;
    width: number;
    bold: boolean;
    size: number;
    align: 'left' | 'center' | 'right';
    fill?: string;
  }
  const heightOf = (cells: readonly Cell[]): number =>
    Math.max(
      18,
      ...cells.map((cell) => face(cell.bold, cell.size).heightOfString(cell.text, { width: cell.width - 2 * padding }) + 2 * padding),
    );
  /** One ruled row at the present height of the page. What is higher than a page ends in an ellipsis at its foot. */
  const drawRow = (cells: readonly Cell[], wanted: number): void => {
    const y = pdf.y;
    const height = Math.min(wanted, bottom() - y);
    let x = side;
    for (const cell of cells) {
      if (cell.fill !== undefined) pdf.rect(x, y, cell.width, height).fill(cell.fill);
      pdf.rect(x, y, cell.width, height).lineWidth(0.5).stroke(line);
      const inner = { width: cell.width - 2 * padding, height: height - padding, align: cell.align, ellipsis: true };
      face(cell.bold, cell.size)
        .fillColor('#000000')
        .text(cell.text, x + padding, y + padding, inner);
      x += cell.width;
    }
    pdf.x = side;
    pdf.y = y + height;
  };

  const drawTable = (table: PrintTable): void => {
    const widths = sharesOf(table.columns.map(({ share }) => share));
    const cellsOf = (texts: readonly string[], bold: boolean, fill?: string): Cell[] =>
      table.columns.map((column, n) => ({
        text: texts[n] ?? '',
        width: widths[n] ?? 0,
        bold,
        size: 9,
        align: column.align ?? 'left',
        ...(fill === undefined ? {} : { fill }),
      }));
    const head = cellsOf(
      table.columns.map(({ title }) => title),
      true,
      '#e6e6e6',
    );
    const headHeight = heightOf(head);
    const drawHead = (): void => drawRow(head, headHeight);
    room(headHeight + 18);
    drawHead();
    for (const row of table.rows) {
      const cells = cellsOf(row.cells, row.bold === true, row.shaded === true ? '#d0d0d0' : undefined);
      const height = heightOf(cells);
      room(height, drawHead);
      drawRow(cells, height);
    }
  };

  const drawForm = (form: PrintForm): void => {
    for (const row of form.rows) {
      // A label takes what its longest word needs, and never more than half of its cell.
      const widths = sharesOf(row.map(({ share }) => share ?? 1));
      const pair = (cell: FormCell, width: number): Cell[] => {
        const needed = face(true, 9).widthOfString(cell.label) + 2 * padding + 2;
        const label = Math.min(needed, width / 2);
        return [
          { text: cell.label, width: label, bold: true, size: 9, align: 'left', fill: '#f0f0f0' },
          { text: cell.value, width: width - label, bold: cell.bold === true, size: 10, align: 'left' },
        ];
      };
      const cells = row.flatMap((cell, n) => pair(cell, widths[n] ?? 0));
      const height = heightOf(cells);
      room(height);
      drawRow(cells, height);
    }
  };

  face(true, 17).text(document.title, side, top(), { width: lineWidth, align: 'center' });
  if (document.subtitle !== undefined) face(false, 10).text(document.subtitle, side, pdf.y + 2, { width: lineWidth, align: 'center' });
  pdf.y += 10;
  for (const block of document.blocks) {
    if (block.kind === 'page-break') pdf.addPage();
    else if (block.kind === 'space') pdf.y += block.height;
    else if (block.kind === 'table') drawTable(block);
    else if (block.kind === 'form') drawForm(block);
    else if (block.kind === 'heading') {
      // A heading is not left alone at the foot of a page.
      room(60);
      face(true, 12).text(block.text, side, pdf.y + 8, { width: lineWidth });
      pdf.y += 4;
    } else {
      face(block.bold === true, block.size ?? 10).text(block.text, side, pdf.y, { width: lineWidth, align: block.align ?? 'left' });
      pdf.y += 3;
    }
  }

  const { start, count } = pdf.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page);
    pdf.page.margins = { top: 0, bottom: 0, left: 0, right: 0 };
    const { width, height } = pdf.page;
    if (document.band !== undefined) {
      pdf.rect(0, 0, width, bandHeight).fill('#333333');
      face(true, 12).fillColor('#ffffff').text(document.band, 0, 4, { width, align: 'center', lineBreak: false });
    }
    const small = { width: lineWidth, lineBreak: false };
    const foot = height - 36;
    face(false, 8).fillColor('#444444');
    pdf.text(document.header, side, bandHeight + 24, small);
    pdf
      .moveTo(side, foot - 5)
      .lineTo(side + lineWidth, foot - 5)
      .lineWidth(0.5)
      .stroke(line);
    pdf.text(document.footer, side, foot, small);
    pdf.text(`${page - start + 1} / ${count}`, side, foot, { ...small, align: 'right' });
  }
  pdf.end();
  return await finished;
}
