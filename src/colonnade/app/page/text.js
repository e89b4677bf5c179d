/** Numbers and names as a person reads them. */

/**
 * @param {number} value
 * @param {number} [digits]
 * @returns {string}
 */
export function brief(value, digits = 4) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return String(Number(value.toPrecision(digits)));
}

/**
 * @param {number} count
 * @returns {string}
 */
export function whole(count) {
  return count.toLocaleString("en");
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 * @returns {string}
 */
export function counted(count, one, many = `${one}s`) {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

/**
 * @param {number} bytes
 * @returns {string}
 */
export function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let rank = 0;
  let value = bytes;
  while (value >= 1000 && rank < units.length - 1) {
    value /= 1000;
    rank += 1;
  }
  return `${Number(value.toPrecision(3))} ${units[rank]}`;
}

/**
 * A length in the unit that suits it.
 *
 * @param {number} nm
 * @returns {string}
 */
export function length(nm) {
  if (nm < 0.1) return `${brief(nm * 1000, 4)} pm`;
  if (nm < 1000) return `${brief(nm, 4)} nm`;
  return `${brief(nm / 1000, 4)} µm`;
}

/**
 * @param {number} seconds
 * @returns {string}
 */
export function duration(seconds) {
  const all = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(all / 60);
  return minutes ? `${minutes} min ${String(all % 60).padStart(2, "0")} s` : `${all} s`;
}

/** Abbreviations that keep their letters in a name. */
const KEPT = { snr: "SNR", e: "e", px: "px", nm: "nm", deg: "°", nm2: "nm²", px2: "px²" };

/**
 * The name of an option or of a column, as words.
 *
 * @param {string} name
 * @returns {string}
 */
export function words(name) {
  const text = name
    .replace(/_(px|nm|deg|nm2|px2)$/, (_, unit) => ` [${KEPT[/** @type {"px"} */ (unit)]}]`)
    .replaceAll("_", " ")
    .replace(/\bsnr\b/, "SNR");
  return /^[a-z]{2}/.test(text) ? text[0].toUpperCase() + text.slice(1) : text;
}

/**
 * The sentence of a command without the name of the file, with which it begins.
 *
 * @param {string} sentence
 * @returns {string}
 */
export function withoutName(sentence) {
  const text = sentence.replace(/^.{1,200}?: /, "");
  return text[0].toUpperCase() + text.slice(1);
}
