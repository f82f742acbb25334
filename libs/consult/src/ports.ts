import type { ChatMessage, Consultation, Page, PageQuery } from '#libs/contracts';

export interface ConsultationStore {
  find(id: string): Promise<Consultation | undefined>;
  list(query: PageQuery & { warning?: string; scope: string }): Promise<Page<Consultation>>;
  /** Fails with `version-conflict` unless `consultation.version` is the stored one + 1. Signed records never change. */
  save(consultation: Consultation): Promise<void>;
  addChat(id: string, message: ChatMessage): Promise<void>;
}
