/** What the station takes for a telephone number (`Phone` of the contract), as the pattern of an input: a wrong one is refused while it is typed. */
export const phonePattern = String.raw`\+?\d{7,15}|0\d{2,3}-?\d{7,8}`;
