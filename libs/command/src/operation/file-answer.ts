import type { FileAnswer } from '#libs/contracts';

/** A file that is whole in memory, as an operation answers it. @param more see `FileAnswer` */
export const wholeFile = (type: string, name: string, bytes: Uint8Array, more: Pick<FileAnswer, 'tag'> = {}): FileAnswer => ({
  type,
  name,
  body: inOnePiece(bytes),
  ...more,
});

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
