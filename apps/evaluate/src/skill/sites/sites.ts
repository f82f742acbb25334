import { quantile, scoreOf, wilson } from '#libs/evaluate';
import { digits, shareText, type Goal, type Section, type SectionMaker, type SectionOptions, type Table } from '../section.js';
import { leadChart } from '../output/lead-chart.js';
import { siteResults } from './pool.js';
import { updatePeriodHours, type Red, type SiteResult } from './site-result.js';

/** Goals (docs/skill.md). */
const wanted = { pod: 0.98, leadHours: 12, falseRatio: 0.02, updatePeriods: 2 } as const;
/** The sample that completes a block comes up to an hour after the block's end; only then is there an update. */
const sampleHours = 1;

const of = (results: readonly SiteResult[], family: SiteResult['family']): SiteResult[] => results.filter((one) => one.family === family);
const hasRed = (one: SiteResult, what: Red): boolean => one.warnings[what].red > 0;
const pod = (results: readonly SiteResult[], what: Red = 'confirmed') => scoreOf(results.map(({ red }) => red[what])).pod;
const leads = (results: readonly SiteResult[], what: Red): number[] =>
  results.flatMap(({ red }) => red[what].leads.map((lead) => lead / 3_600_000)).toSorted((a, b) => a - b);

/** What was reached on sites of one noise. */
export function siteGoals(name: string, results: readonly SiteResult[]): Goal[] {
  const failing = of(results, 'failing');
  const standing = of(results, 'standing');
  const crises = of(results, 'crisis');
  const found = pod(failing);
  const lead = quantile(leads(failing, 'confirmed'), 0.5);
  const falseReds = standing.filter((one) => hasRed(one, 'confirmed')).length;
  const reds = crises.filter((one) => hasRed(one, 'confirmed')).length;
  const open = crises.flatMap(({ forecastAfterArrest }) => (forecastAfterArrest === null ? [] : [forecastAfterArrest]));
  const late = open.filter((hours) => hours > wanted.updatePeriods * updatePeriodHours + sampleHours).length;
  return [
    {
      what: `${name}: failures with a confirmed red in force (POD)`,
      goal: `≥ ${wanted.pod}`,
      figure: `${failing.reduce((sum, { red }) => sum + red.confirmed.hits, 0)} of ${failing.length}: ${shareText(found)}`,
      met: found.value !== null && found.value >= wanted.pod,
    },
    {
      what: `${name}: median lead of the confirmed red`,
      goal: `≥ ${wanted.leadHours} h`,
      figure: `${digits(lead)} h (p10 ${digits(quantile(leads(failing, 'confirmed'), 0.1))} h)`,
      met: lead !== null && lead >= wanted.leadHours,
    },
    {
      what: `${name}: creeping, seasonal and step-like sites with a confirmed red`,
      goal: `≤ ${wanted.falseRatio}`,
      figure: `${falseReds} of ${standing.length}: ${shareText(wilson(falseReds, standing.length))}`,
      met: standing.length > 0 && falseReds / standing.length <= wanted.falseRatio,
    },
    {
      what: `${name}: crises that calmed with a confirmed red`,
      goal: 'stated',
      figure: `${reds} of ${crises.length}: ${shareText(wilson(reds, crises.length))}`,
      met: null,
    },
    {
      what: `${name}: failure time withdrawn after a crisis begins to calm`,
      goal: `≤ ${wanted.updatePeriods} update periods of ${updatePeriodHours} h (and the sample that completes one)`,
      figure: `${open.length - late} of ${open.length} open forecasts; longest ${digits(Math.max(0, ...open))} h`,
      met: open.length === 0 ? null : late === 0,
    },
    {
      what: `${name}: crises with a new failure time within ten days after that (false)`,
      goal: 'stated',
      figure: `${crises.filter(({ forecastCameBack }) => forecastCameBack).length} of ${crises.length}`,
      met: null,
    },
  ];
}

/** Rates a day before failure that are told apart, mm/d. */
const bands = [10, 20, 50, 200] as const;

function bandTable(name: string, results: readonly SiteResult[]): Table {
  const rows = bands.slice(1).map((upper, at) => {
    const lower = bands[at] ?? 0;
    const inside = of(results, 'failing').filter(({ rate }) => rate !== null && rate >= lower && rate < upper);
    const hours = leads(inside, 'confirmed');
    return [
      `${lower}–${upper} mm/d`,
      String(inside.length),
      shareText(pod(inside)),
      shareText(pod(inside, 'told')),
      digits(quantile(hours, 0.5)),
      digits(quantile(hours, 0.1)),
    ];
  });
  return {
    caption: `${name}: failures by their rate a day before`,
    head: ['rate', 'sites', 'POD confirmed', 'POD told', 'median lead, h', 'p10 lead, h'],
    rows,
  };
}

function redTable(name: string, results: readonly SiteResult[]): Table {
  const rows = (['creep', 'seasonal', 'step', 'crisis', 'failure'] as const).map((motion) => {
    const own = results.filter((one) => one.motion === motion);
    const share = (what: Red) => shareText(wilson(own.filter((one) => hasRed(one, what)).length, own.length));
    const false7 = own.reduce((sum, { red }) => sum + red.confirmed.falseAlarms, 0);
    return [motion, String(own.length), share('confirmed'), share('told'), String(false7)];
  });
  return {
    caption: `${name}: sites that were ever red`,
    head: [
      'motion',
      'sites',
      'confirmed',
      'told (one instrument is enough)',
      'confirmed reds withdrawn > 7 d before a failure, or with none',
    ],
    rows,
  };
}

function afterTable(name: string, results: readonly SiteResult[]): Table {
  const stood = of(results, 'crisis')
    .flatMap(({ redAfterArrest }) => (redAfterArrest === null ? [] : [redAfterArrest]))
    .toSorted((a, b) => a - b);
  const open = of(results, 'crisis')
    .flatMap(({ forecastAfterArrest }) => (forecastAfterArrest === null ? [] : [forecastAfterArrest]))
    .toSorted((a, b) => a - b);
  const row = (what: string, hours: number[]) => [
    what,
    String(hours.length),
    ...[0.5, 0.9, 1].map((share) => digits(quantile(hours, share))),
  ];
  return {
    caption: `${name}: after a crisis begins to calm, hours`,
    head: ['until', 'crises', 'median', 'p90', 'longest'],
    rows: [row('no instrument shows a failure time', open), row('red is given up (hysteresis, and data that show it)', stood)],
  };
}

/** The section of what was found on sites, once as drawn and once with twice the noise. */
export function sitesSection(plain: readonly SiteResult[], noisy: readonly SiteResult[]): Section {
  return {
    name: 'sites',
    title:
      plain.length === noisy.length
        ? `${plain.length} simulated sites, and the same with twice the noise`
        : `${plain.length} simulated sites, and the first ${noisy.length} of them with twice the noise`,
    about: [
      'Two GNSS receivers, a crack meter and a rain gauge, hourly; noise that remembers, daily waves, outages, spikes, jumps of instruments, rain that moves slopes a little: `simulators/terrain/src/sites`, pure with a seed. A third fail (Voight, α 1.7–2.2, onset 4–25 days before, 10–200 mm/d a day before), a third stand (creep, seasons, steps of 20–80 mm), a third have a crisis that accelerates just so and is arrested.',
      'Judged by `landslide-soil` or `landslide-rock` as shipped, without any number of the site but its slide direction. A **confirmed** red needs two instruments, or one and rain; **told** is what the duty officer sees of one. A failure is hit when red is in force at it or was within the 7 days before.',
      'A crisis is not told from a failure while it accelerates: nobody can from displacements alone. How often it is red is stated, not promised; what is promised is that the forecast goes when it calms.',
      'Changed for what sites of seed 1 and the quiet sites below showed: `velocity-12h` in both rulebooks (six of a hundred failures, all of 10–13 mm/d a day before, fell at orange), the gates by which a failure time goes when the last block is slower than the one before, or the block being filled than the last; the filters `hampel` and `step` in front of every rate, and `velocity-48h` beside a blue or yellow of one instrument (eleven confirmed yellows a station-year were jumps of instruments and the slow noise of GNSS). Another `--seed` draws sites nobody has looked at.',
    ],
    goals: [...siteGoals('noise × 1', plain), ...siteGoals('noise × 2', noisy)],
    tables: (
      [
        ['noise × 1', plain],
        ['noise × 2', noisy],
      ] as const
    ).flatMap(([name, results]) => [bandTable(name, results), redTable(name, results), afterTable(name, results)]),
    charts: [
      {
        file: 'sites-lead.svg',
        caption: 'Lead of the confirmed red against the rate a day before failure (noise × 1); crosses at the bottom were missed.',
        svg: leadChart(
          of(plain, 'failing').map(({ rate, red }) => ({ rate: rate ?? 0, lead: (red.confirmed.leads[0] ?? 0) / 3_600_000 || null })),
        ),
      },
    ],
  };
}

export const sites: SectionMaker = {
  name: 'sites',
  make: async (options: SectionOptions): Promise<Section> => {
    const run = (noise: number) =>
      siteResults(options.sites, { noise, seed: options.seed }, options.threads, (done) => {
        if (done % 50 === 0) options.say(`sites, noise × ${noise}: ${done} of ${options.sites}`);
      });
    const plain = await run(1);
    const noisy = await run(2);
    return sitesSection(plain, noisy);
  },
};
