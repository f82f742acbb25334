/** Everything a report needs is in it: it is read where there is no network, and in ten years. */
const style = `
:root{font-family:"Noto Sans CJK SC","Noto Sans SC","Microsoft YaHei","PingFang SC",system-ui,sans-serif;color:#1d2733;background:#fff;line-height:1.5}
body{max-width:1180px;margin:0 auto;padding:24px 28px 60px}
h1{font-size:26px;margin:0 0 4px}h2{font-size:19px;margin:34px 0 8px;border-bottom:2px solid #1d2733;padding-bottom:4px}h3{font-size:15px;margin:18px 0 6px}
small{color:#5b6672;font-size:.82em;font-weight:400}p{margin:6px 0}
.warn{background:#fff4d6;border-left:5px solid #ef7d00;padding:8px 12px;margin:12px 0}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:2px 18px;margin:14px 0}.facts dt{color:#5b6672}.facts dd{margin:0}
table{border-collapse:collapse;font-size:13px;width:100%;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid #d5dae0;padding:5px 8px;text-align:left;vertical-align:top}th{background:#f1f4f7;font-weight:600;line-height:1.25}
th small{display:block}table.score td{white-space:nowrap}table.score{font-size:12px}table.score td,table.score th{padding:4px 5px}table.changes td:nth-child(-n+3){white-space:nowrap}
.scroll{overflow-x:auto}.chip{display:inline-block;padding:0 7px;border-radius:3px;font-size:12px;font-weight:600;white-space:nowrap}
svg{width:100%;height:auto;display:block}.pair{display:flex;flex-wrap:wrap;gap:20px}.half{flex:1 1 480px;max-width:560px}
svg text{font-size:11px;fill:#1d2733}svg .title{font-size:13px;font-weight:600}svg .tick{fill:#5b6672}svg .level{font-size:12px;font-weight:600}
svg .level[fill="#ffffff"]{fill:#fff}svg .grid{stroke:#e6eaee;stroke-width:1}svg .frame{fill:none;stroke:#8793a0}
svg .curve{fill:none;stroke-width:1.3;stroke-linejoin:round}svg .limit{stroke-width:1.6;stroke-dasharray:7 4}svg .limitname{font-size:10px;fill:#333;paint-order:stroke;stroke:#fff;stroke-width:3px}
svg line.event{stroke:#000;stroke-width:1.8}svg .eventname{font-weight:700}svg .join{fill:none;stroke-width:1.2;opacity:.6}svg .dot{stroke:#fff;stroke-width:1}svg .chance{stroke:#8793a0;stroke-dasharray:4 4}
@media print{body{max-width:none;padding:0}h2{break-after:avoid}svg,table{break-inside:avoid}}`;

export const page = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head><body>${body}</body></html>\n`;
