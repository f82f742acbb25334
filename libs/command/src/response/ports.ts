import type { DefenceResponse, Page, PageQuery, ResponsePlan } from '#libs/contracts';

/** Response plans people have written, one a point; older versions stay in the audit log. */
export interface ResponsePlanStore {
  all(): Promise<ResponsePlan[]>;
  /** @param divisionCode of the point @throws Problem version-conflict when another version was saved meanwhile */
  save(plan: ResponsePlan, divisionCode: string): Promise<void>;
}

/** Responses Ⅰ–Ⅳ; written by the ledger only. */
export interface ResponseStore {
  find(id: string): Promise<DefenceResponse | undefined>;
  list(query: PageQuery & { scope: string; hazardPoint?: string; division?: string; open?: boolean }): Promise<Page<DefenceResponse>>;
}
