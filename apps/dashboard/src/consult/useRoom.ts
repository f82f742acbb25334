import { ChatMessage, Consultation } from '#libs/contracts';
import { io, type Socket } from 'socket.io-client';
import { onBeforeUnmount, onMounted, shallowRef } from 'vue';
import { z } from 'zod';

const Said = ChatMessage.extend({ consultation: z.string() });
const Joined = z.object({ ok: z.literal(true), consultation: Consultation });
const Answer = z.object({ ok: z.boolean(), message: z.unknown().optional() });

/** A room of `/consult`: who is connected hears every message and every change of the record. */
export function useRoom(id: string, onConsultation: (consultation: Consultation) => void) {
  const messages = shallowRef<ChatMessage[]>([]);
  const connected = shallowRef(false);
  let socket: Socket | undefined;

  function add(message: unknown): void {
    const read = ChatMessage.safeParse(message);
    if (!read.success || messages.value.some((one) => one.id === read.data.id)) return;
    messages.value = [...messages.value, read.data];
  }
  /** What the record already holds; live messages that came before it stay. */
  function begin(chat: readonly ChatMessage[]): void {
    const known = new Set(chat.map((message) => message.id));
    messages.value = [...chat, ...messages.value.filter((message) => !known.has(message.id))];
  }
  /** True when the station has kept the message; false when it refused it or did not answer within five seconds. */
  async function say(text: string): Promise<boolean> {
    if (!socket) return false;
    try {
      const answer = Answer.parse(await socket.timeout(5_000).emitWithAck('chat', { consultation: id, text }));
      if (answer.message !== undefined) add(answer.message);
      return answer.ok;
    } catch {
      return false; // no answer in time, or not one of ours: the caller keeps the text and says so
    }
  }

  onMounted(() => {
    socket = io('/consult', { reconnectionDelayMax: 3_000 });
    socket.on('connect', () => {
      connected.value = true;
      socket?.emit('join', { consultation: id }, (answer: unknown) => {
        const read = Joined.safeParse(answer);
        if (read.success) onConsultation(read.data.consultation);
      });
    });
    socket.on('disconnect', () => {
      connected.value = false;
    });
    socket.on('chat', (payload: unknown) => {
      const read = Said.safeParse(payload);
      if (read.success && read.data.consultation === id) add(payload);
    });
    socket.on('consultation', (payload: unknown) => {
      const read = Consultation.safeParse(payload);
      if (read.success && read.data.id === id) onConsultation(read.data);
    });
  });
  onBeforeUnmount(() => socket?.disconnect());
  return { messages, connected, begin, say };
}
