/** When the scene was set, epoch ms. All its times are told from here. */
export const bootAt = Date.now();
export const iso = (msAgo = 0): string => new Date(bootAt - msAgo).toISOString();
export const minute = 60_000;
export const hour = 60 * minute;
