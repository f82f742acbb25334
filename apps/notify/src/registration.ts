import { GatewayRegistry, type Settings } from '#libs/contracts';
import { messageTemplates } from '#libs/notify';
import type { Logger } from '#libs/platform';

/** Until the simulator has the sign it refuses every message; asked more often, it would only log more while it starts. */
const RETRY_MS = 500;
/** A simulator on this machine answers in milliseconds; one that hangs must not keep the next try waiting. */
const REQUEST_MS = 3_000;

/** Sign and templates as a county hands them in to the vendor: the simulator refuses what is not registered, as the vendor does. */
export function registryOf(settings: Pick<Settings, 'smsSign' | 'smsTemplateCodes'>): GatewayRegistry {
  return GatewayRegistry.parse({
    signs: [settings.smsSign],
    templates: messageTemplates.map(({ id, code, text }) => ({ code: settings.smsTemplateCodes[id] ?? code, text })),
  });
}

/** Registers with the simulator until it has answered; nothing may be sent before, because "unknown template" is final. */
export async function registerWithSimulator(port: number, registry: GatewayRegistry, logger: Logger, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/__templates`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(registry),
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]),
      });
      if (answer.ok) return;
      logger.warn({ status: answer.status }, 'the gateway simulator refused sign and templates; tried again');
    } catch (error) {
      if (signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      // A simulator that is still starting refuses the connection for a second; that is no news.
      if (attempt % 10 === 0) logger.warn({ why, attempt }, 'the gateway simulator does not answer; tried again');
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
