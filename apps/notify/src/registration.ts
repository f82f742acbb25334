import { type GatewayHooks, GatewayRegistry, type Settings } from '#libs/contracts';
import { messageTemplates, voiceTemplates } from '#libs/notify';
import { within, type Logger } from '#libs/platform';

/** Until the simulator has the sign it refuses every message; asked more often, it would only log more while it starts. */
const RETRY_MS = 500;
/** A simulator on this machine answers in milliseconds; one that hangs must not keep the next try waiting. */
const REQUEST_MS = 3_000;

/** Sign and templates as a county hands them in to the vendor: the simulator refuses what is not registered, as the vendor does. */
export function registryOf(settings: Pick<Settings, 'smsSign' | 'smsTemplateCodes'>): GatewayRegistry {
  const messages = messageTemplates.map(({ id, code, text }) => ({ code: settings.smsTemplateCodes[id] ?? code, text }));
  return GatewayRegistry.parse({ signs: [settings.smsSign], templates: [...messages, ...Object.values(voiceTemplates)] });
}

/**
 * Registers with the simulator until it has answered; nothing may be sent before, because "unknown template" is final.
 * @param hooks where each driver's pushes go
 */
export async function registerWithSimulator(
  port: number,
  registry: GatewayRegistry,
  hooks: GatewayHooks,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const tell = (path: string, body: unknown) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: within(signal, REQUEST_MS),
    });
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      const answers = [await tell('/__templates', registry), await tell('/__hooks', hooks)];
      const refused = answers.find(({ ok }) => !ok);
      if (!refused) return;
      logger.warn({ status: refused.status }, 'the gateway simulator refused sign, templates or addresses; tried again');
    } catch (error) {
      if (signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      // A simulator that is still starting refuses the connection for a second; that is no news.
      if (attempt % 10 === 0) logger.warn({ why, attempt }, 'the gateway simulator does not answer; tried again');
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
