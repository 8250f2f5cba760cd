/** A file whose last bytes say whether it is whole: a CRC-32 of all that stands before them. */
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { crc32 } from "node:zlib";

const SEAL_BYTES = 4;

/** Bytes that are looked at together: what the processor still has when it adds them up. */
const CHUNK_BYTES = 262_144;

/** For nobody else to read; other files of that name are written over. */
export function writeSealed(path: string, content: Uint8Array): void {
  writeFileSync(path, content, { mode: 0o600 });
  writeFileSync(path, sealOf(crc32(content)), { flag: "a" });
}

/** What was written there, without a look at its seal. @throws it cannot be read */
export function readSealed(path: string): Uint8Array {
  return readFileSync(path).subarray(0, -SEAL_BYTES);
}

/** Whether the file is as {@link writeSealed} has left it. @throws it cannot be read */
export function isWhole(path: string): boolean {
  const file = openSync(path, "r");
  try {
    return endsInItsSeal(file);
  } finally {
    closeSync(file);
  }
}

function endsInItsSeal(file: number): boolean {
  const length = fstatSync(file).size - SEAL_BYTES;
  if (length < 0) return false;
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let checksum = 0;
  for (let at = 0, read = 0; at < length; at += read) {
    read = readSync(file, chunk, 0, Math.min(CHUNK_BYTES, length - at), at);
    // Somebody has just cut it off.
    if (read === 0) return false;
    checksum = crc32(chunk.subarray(0, read), checksum);
  }
  const read = readSync(file, chunk, 0, SEAL_BYTES, length);
  return sealOf(checksum).equals(chunk.subarray(0, read));
}

function sealOf(checksum: number): Buffer {
  const seal = Buffer.alloc(SEAL_BYTES);
  seal.writeUInt32LE(checksum);
  return seal;
}
