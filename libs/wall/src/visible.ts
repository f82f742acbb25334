/** Whether somebody of a scope may see what is of a division; '' is everybody's. Divisions are prefixes (51 ⊃ 5132 ⊃ 513221). */
export const visible = (divisionCode: string, scope: string): boolean => divisionCode === '' || divisionCode.startsWith(scope);
