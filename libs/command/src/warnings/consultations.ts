import type { Consultation, DecisionCreate, OpinionCreate, Page, PageQuery, SignatureCreate } from '#libs/contracts';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';

export async function listConsultations(view: ScopedView, query: PageQuery & { warning?: string }): Promise<Page<Consultation>> {
  if (query.warning !== undefined) await view.warning(query.warning);
  return view.consultations(query);
}

/** The consult stage checks state and role and writes the audit record; command checks the area. */
export async function addOpinion(context: CommandContext, view: ScopedView, id: string, opinion: OpinionCreate): Promise<Consultation> {
  const consultation = await view.consultation(id);
  return context.consultations.addOpinion(consultation.id, opinion, view.user);
}

export async function decide(context: CommandContext, view: ScopedView, id: string, decision: DecisionCreate): Promise<Consultation> {
  const consultation = await view.consultation(id);
  return context.consultations.decide(consultation.id, decision, view.user);
}

export async function sign(context: CommandContext, view: ScopedView, id: string, signature: SignatureCreate): Promise<Consultation> {
  const consultation = await view.consultation(id);
  return context.consultations.sign(consultation.id, signature, view.user);
}
