import iconv from 'iconv-lite';

/**
 * Text in GB 2312, as the horns of §8.6 speak it; undefined when a character is not in it. iconv-lite's table of that name is GBK, which
 * has 14,000 characters more: a horn stays silent or reads something else on those, so the ranges are checked.
 */
export function gb2312(text: string): Uint8Array | undefined {
  const bytes = iconv.encode(text, 'gb2312');
  for (let at = 0; at < bytes.length; at += 1) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) {
      if (lead < 0x20 || lead === 0x7f) return undefined;
      continue;
    }
    const trail = bytes[at + 1] ?? 0;
    // Rows 1–9 signs, 16–55 and 56–87 characters.
    const known = (lead >= 0xa1 && lead <= 0xa9) || (lead >= 0xb0 && lead <= 0xf7);
    if (!known || trail < 0xa1 || trail > 0xfe) return undefined;
    at += 1;
  }
  // What the table lacks becomes '?'.
  return iconv.decode(bytes, 'gb2312') === text ? bytes : undefined;
}
