import { outboxConformance } from '../outbox.conformance.js';
import { MemoryOutbox } from './memory-outbox.js';

outboxConformance('memory', async () => {
  const outbox = new MemoryOutbox(Date.now);
  return {
    outbox,
    add: async (intents) => outbox.add(intents),
    supersede: async (warningId, beforeVersion) => outbox.supersede(warningId, beforeVersion),
    close: async () => {},
  };
});
