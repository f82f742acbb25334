import type { AlertService } from '#apps/alert';
import type { BrokerService } from '#apps/broker';
import type { CommandService } from '#apps/command';
import type { ConsultService } from '#apps/consult';
import type { EvaluateService } from '#apps/evaluate';
import type { IngestService } from '#apps/ingest';
import type { CalloutService, NotifyService } from '#apps/notify';
import type { WallService } from '#apps/wall';
import type { SettingsKeeper } from '#libs/command';
import type { DeviceCatalogue, PortView, StageBus } from '#libs/contracts';

export interface Stages {
  broker: BrokerService;
  ingest: IngestService;
  evaluate: EvaluateService;
  alert: AlertService;
  notify: NotifyService;
  callout: CalloutService;
  wall: WallService;
  consult: ConsultService;
  command: CommandService;
}

/** What people's side of the pipeline shows beside the stages. */
export interface Surroundings {
  bus: StageBus;
  catalogue: DeviceCatalogue;
  settings: SettingsKeeper;
  ports: () => readonly PortView[];
}

/**
 * The way of one reading, from the device to the people. Read it top to bottom; docs/flow.md draws it.
 */
export function composePipeline(stages: Stages, { bus, catalogue, settings, ports }: Surroundings): void {
  const { broker, ingest, evaluate, alert, notify, callout, wall, consult, command } = stages;

  // broker → ingest: PUBACK leaves when this resolves, and it resolves when the readings are durable: committed, or in the journal.
  broker.connect((packet) => ingest.accept(packet));

  // ingest → command: answers of devices to commands; broker → command: a device listens, what waits for it goes down.
  ingest.connect((replies, at) => command.replies(replies, at));
  broker.onListening((deviceId) => command.deviceListens(deviceId));

  // ingest → broker: what a device did not send it is asked for, where its protocol has words for it.
  ingest.connectRerequest((gap) => Promise.resolve(broker.rerequest(gap)));

  // ingest → wall, evaluate: committed readings are shown and judged, in the order of their commit.
  bus.listen('wall', 'readings.stored', ({ readings }) => wall.show(readings));
  bus.listen('evaluate', 'readings.stored', ({ readings }) => evaluate.judge(readings));

  // evaluate → wall: indicators as they move, for those who look at the point.
  evaluate.connectWatchers((hazardPoint) => wall.watches(hazardPoint));
  bus.listen('wall', 'point.judged', ({ state }) => wall.judged(state));

  // evaluate → alert: a decision becomes ONE ledger entry: warning, deliveries, consultation, events, audit and judged_to.
  evaluate.connect((judgement) => alert.apply(judgement));

  // ledger → wall, consult, notify: what was committed is shown and sent (notify listens by itself, and polls: a notice may be lost, a row can't).
  bus.listen('wall', 'ledger.written', ({ events }) => {
    wall.emit(events);
    consult.emit(events);
  });

  // wall → alert → wall: devices the wall finds silent together are one alarm.
  bus.listen('alert', 'ledger.written', ({ events }) => alert.watch(events));
  alert.connectAlarms((alarm) => wall.alarm(alarm));

  // notify → alert: a message is planned by the ways there are.
  alert.connectChannels((channel) => notify.sends(channel));

  // notify → command → broker: the horns on the slopes speak through the way down to devices.
  notify.connectHorns(command.horns);

  // notify → wall → notify: messages the command centre has to see, and that a display has painted them.
  notify.connectWall(wall.displays);

  // notify → wall: no way to send, a provider that is out: people see it until it ends.
  notify.connect((alarm) => wall.alarm(alarm));

  // notify → call-out → notify, alert, wall: what people answer; who is silent is called again, until somebody knocks. An answer withdraws the knock,
  // a number that is mended the task to mend its card.
  notify.connectReplies((replies) => callout.hear(replies));
  callout.connect({
    voice: () => notify.sends('voice'),
    changed: (warningId) => notify.changed(warningId),
    alarm: (alarm) => wall.alarm(alarm),
    withdraw: (of, by, note) => alert.tasks.withdraw(of, by, note),
    openMends: () => alert.tasks.openMends(),
    withdrawMend: ({ warningId, about }, note) => alert.tasks.withdraw({ warningId, about, kind: 'mend' }, 'station', note),
    pointName: (code) => alert.registry.point(code)?.name ?? code,
  });

  // evaluate → wall: a rule file that is no rulebook, until it is mended.
  evaluate.connectAlarms((alarm) => wall.alarm(alarm));

  // People: a signed decision acts on the warning; the API acts, asks and shows.
  consult.connect(alert.carryOut);
  wall.connect({
    authenticate: (token) => command.authenticate(token),
    level: (point) => evaluate.level(point),
    series: (point, since) => evaluate.series(point, since),
    catalogue,
  });
  command.connect({
    actions: alert,
    tasks: alert.tasks,
    callouts: callout,
    warningView: alert.view,
    consultations: consult,
    pointState: (point) => evaluate.state(point),
    pointSeries: (point) => evaluate.series(point),
    rulebooks: () => evaluate.rulebookIds(),
    rulebook: (id) => evaluate.rulebook(id),
    ruleWork: evaluate,
    settings,
    link: broker,
    ports,
    hooks: notify.hooks,
    // providers → notify: receipts and replies that are pushed.
    push: (call) => notify.push(call),
    testChannel: (name) => notify.testChannel(name),
  });

  // What people change reaches judgement at once; notify listens to the settings by itself.
  bus.listen('evaluate', 'registry.changed', ({ points }) => evaluate.reload(points));
  bus.listen('evaluate', 'rules.changed', ({ rulebooks }) => evaluate.reloadRules(rulebooks));
}

/** Starts the stages against the flow, so that every stage finds the next one standing; the broker, which lets readings in, is last. */
export async function startStages(
  stages: Stages,
  listening: { gatewayPort?: number; httpPort?: number },
): Promise<{ mqttPort: number; mqttsPort: number | undefined; links: readonly PortView[] }> {
  await stages.notify.start(listening);
  await stages.alert.start();
  await stages.callout.start();
  await stages.evaluate.start();
  await stages.ingest.start();
  await stages.command.start();
  await stages.wall.start();
  const { port, tlsPort, links } = await stages.broker.start();
  return { mqttPort: port, mqttsPort: tlsPort, links };
}

/** Stops them along the flow, so that what one stage has taken the next one still finishes. */
export async function stopStages(stages: Stages): Promise<void> {
  await stages.broker.stop();
  await stages.ingest.stop();
  // Together: a judgement may be waiting in alert for a database that is away, and evaluate waits for it.
  await Promise.all([stages.evaluate.stop(), stages.alert.stop()]);
  await stages.consult.stop();
  await stages.callout.stop();
  await stages.notify.stop();
  await stages.wall.stop();
  await stages.command.stop();
}
