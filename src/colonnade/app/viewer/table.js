/**
 * A table of columns of numbers, and how it comes over the wire.
 *
 * @typedef {object} Table
 * @property {number} rows how many rows it has
 * @property {Record<string, Float64Array>} columns by name; what is not known is NaN
 * @property {Record<string, string[]>} [words] of columns that hold the numbers of words
 */

const HEADER_LENGTH_BYTES = 4;

/**
 * Read a table: the length of a JSON header, the header, and the columns one after another.
 *
 * The header ends at a multiple of eight bytes, so that the columns are views of the buffer.
 *
 * @param {ArrayBuffer} buffer
 * @returns {Table}
 */
export function decodeTable(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, HEADER_LENGTH_BYTES, length));
  /** @type {{rows: number, columns: string[], words?: Record<string, string[]>}} */
  const header = JSON.parse(text);
  const bytes = header.rows * Float64Array.BYTES_PER_ELEMENT;
  const start = HEADER_LENGTH_BYTES + length;
  const columns = header.columns.map((name, i) => [
    name,
    new Float64Array(buffer, start + i * bytes, header.rows),
  ]);
  return { rows: header.rows, columns: Object.fromEntries(columns), words: header.words ?? {} };
}

/**
 * The word that a number in a column stands for, if it stands for one.
 *
 * @param {Table} table
 * @param {string} name
 * @param {number} value
 * @returns {string | undefined}
 */
export function wordOf(table, name, value) {
  return table.words?.[name]?.[value];
}

/**
 * A column by its name.
 *
 * @param {Table} table
 * @param {string} name
 * @returns {Float64Array}
 */
export function column(table, name) {
  const values = table.columns[name];
  if (!values) throw new Error(`the table has no column ${name}`);
  return values;
}
