import { z } from 'zod';

/** 行政区划代码, 2 (province) to 12 (village) digits. A prefix is an area (51 ⊃ 5132 ⊃ 513221): data scope is a prefix. */
export const DivisionCode = z.string().regex(/^\d{2,12}$/, 'division code: 2–12 digits');

/**
 * Whether a division lies in an area: the same, or inside it; '' is everywhere. Every data scope is asked here (in SQL:
 * `starts_with(division_code, scope)`), so that no two places can differ about who sees what.
 * @param divisionCode of the thing asked about; undefined when nothing is known of it: that lies nowhere, not even everywhere
 * @param area what a user, an officer or a rule answers for
 */
export const insideDivision = (divisionCode: string | undefined, area: string): boolean => divisionCode?.startsWith(area) ?? false;

/** Whether somebody of a scope may see it: what lies in the scope, and what is of no division ('') and so everybody's. */
export const visibleFrom = (divisionCode: string, scope: string): boolean => divisionCode === '' || insideDivision(divisionCode, scope);
