import { hj212Dialect, sl651Dialect } from '#devices';
import { createTcpListener, type TcpListener } from '#libs/broker';
import type { Clock, LinkDialect, PortView, RegistryView } from '#libs/contracts';
import type { Packet } from '#libs/ingest';
import type { Config, Logger, Metrics } from '#libs/platform';

export interface LinkNeeds {
  config: Pick<Config, 'deviceRate'> & Partial<Pick<Config, 'sl651Port' | 'hj212Port'>>;
  registry: RegistryView;
  clock: Clock;
  logger: Logger;
  counters: LinkCounters;
  accept(packet: Packet): Promise<void>;
}

export type LinkCounters = ReturnType<typeof linkCounters>;
export const linkCounters = (metrics: Metrics) => ({
  notices: metrics.counter('broker', 'link_notices_total', 'What happened at the TCP listeners, by protocol and kind', [
    'protocol',
    'kind',
  ]),
  messages: metrics.counter('broker', 'link_messages_total', 'Messages of the TCP listeners handed to ingest', ['protocol']),
  connections: metrics.gauge('broker', 'link_connections', 'Connections of the TCP listeners open now', ['protocol']),
});

/** The listeners of plain TCP protocols that are asked for. */
export interface Links {
  readonly ports: readonly PortView[];
  /** Asks a device for what it measured between two times (epoch ms), now or when it next speaks. False: none of the protocols can. */
  rerequest(deviceId: string, from: number, to: number): boolean;
  /** Closes every connection of the device. */
  disconnect(deviceId: string): void;
  stop(): Promise<void>;
}

/**
 * Opens the ports that have a variable; those opened are closed again when a later one can't be had.
 * @throws Error naming the variable of the port
 */
export async function openLinks(needs: LinkNeeds): Promise<Links> {
  const { sl651Port, hj212Port } = needs.config;
  const wanted: { dialect: LinkDialect; port: number | undefined; variable: string }[] = [
    { dialect: sl651Dialect(), port: sl651Port, variable: 'WANGSHAN_SL651_PORT' },
    { dialect: hj212Dialect(), port: hj212Port, variable: 'WANGSHAN_HJ212_PORT' },
  ];
  const open: { dialect: LinkDialect; listener: TcpListener }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(open.splice(0).map(({ listener }) => listener.stop()));
  };
  for (const { dialect, port, variable } of wanted) {
    if (port === undefined) continue;
    try {
      open.push({ dialect, listener: await openLink(dialect, port, needs) });
    } catch (error) {
      await stop();
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`${variable}: port ${port} can't be opened (${why}); set it to a free port, to 0 for any free one, or to off`, {
        cause: error,
      });
    }
  }
  return {
    ports: open.map(({ dialect: { name }, listener }) => ({ name, protocol: name, port: listener.port })),
    rerequest: (deviceId, from, to) => open.some(({ dialect }) => dialect.rerequest?.(deviceId, from, to) ?? false),
    disconnect: (deviceId) => {
      for (const { listener } of open) listener.disconnect(deviceId);
    },
    stop,
  };
}

async function openLink(dialect: LinkDialect, port: number, needs: LinkNeeds): Promise<TcpListener> {
  const { registry, clock, logger, counters } = needs;
  const protocol = dialect.name;
  const listener: TcpListener = await createTcpListener({
    dialect,
    port,
    deviceRate: needs.config.deviceRate,
    registry,
    clock,
    logger,
    accept: (packet) => {
      counters.messages.inc({ protocol });
      return needs.accept(packet);
    },
    notice: (kind) => {
      counters.notices.inc({ protocol, kind });
      if (kind === 'connected') counters.connections.inc({ protocol });
      if (kind === 'disconnected') counters.connections.dec({ protocol });
    },
  });
  logger.info({ protocol, port: listener.port }, 'TCP listener open');
  return listener;
}
