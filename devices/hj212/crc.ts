/** CRC 16 of HJ 212 (appendix A): each byte meets the high half of the register, so it is not Modbus. As four capital hex digits. */
export function hj212Crc(bytes: Uint8Array): string {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc = (crc >> 8) ^ byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
