/** Waits for what does not come. */
await new Promise(() => {});

export default (): Uint8Array[] => [];
