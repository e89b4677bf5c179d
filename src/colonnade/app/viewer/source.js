/** Images from a server, tile by tile. */

/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./types.js").Pixels} Pixels */

/** @type {Record<string, new (buffer: ArrayBuffer) => Pixels>} */
const ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

/**
 * Little-endian bytes as numbers.
 *
 * @param {string} dtype
 * @param {ArrayBuffer} buffer
 * @returns {Pixels}
 */
export function pixels(dtype, buffer) {
  const type = ARRAYS[dtype];
  if (!type) throw new TypeError(`Pixels of type ${dtype} cannot be shown`);
  return new type(buffer);
}

/**
 * An image of the REST interface.
 *
 * @param {string} base  Address of the server, "" for the page's own.
 * @param {string} image  Its id.
 * @returns {Promise<Source>}
 */
export async function restSource(base, image) {
  const address = `${base}/api/images/${encodeURIComponent(image)}`;
  const manifest = await (await answer(address)).json();
  return {
    manifest,
    async tile(axis, plane, level, row, col, signal) {
      const response = await answer(
        `${address}/tiles/${axis}/${plane}/${level}/${row}/${col}`,
        signal,
      );
      const [rows, columns] = (response.headers.get("X-Shape") ?? "").split(",").map(Number);
      const data = pixels(response.headers.get("X-Dtype") ?? "", await response.arrayBuffer());
      return { data, shape: [rows, columns] };
    },
  };
}

/**
 * @param {string} address
 * @param {AbortSignal} [signal]
 */
async function answer(address, signal) {
  const response = await fetch(address, { signal, credentials: "same-origin" });
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  throw new Error(body?.error ?? `The server answered ${response.status}`);
}
