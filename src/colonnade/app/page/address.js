/** Where one is on the page, kept in its address, so that a reload comes back there, and from wing to wing. */

import { ORDER } from "./wings.js";

/**
 * Read the address, now and when the person goes back or forth, and write it as things change.
 *
 * @param {import("./store.js").Store} store
 */
export function keepAddress(store) {
  read(store);
  let { wing } = store;
  addEventListener("hashchange", () => {
    store.change(() => read(store));
    wing = store.wing;
    history.replaceState(null, "", `#${written(store)}`);
  });
  store.watch(
    () => written(store),
    (text) => {
      const goes = store.wing === wing ? "replaceState" : "pushState";
      wing = store.wing;
      history[goes](null, "", `#${text}`);
    },
  );
}

/** @param {import("./store.js").Store} store */
function read(store) {
  const parts = new URLSearchParams(location.hash.slice(1));
  const wing = ORDER.find((name) => name === parts.get("wing"));
  if (wing) store.wing = wing;
  for (const name of ORDER) {
    store.open[name] = parts.get(name) ?? store.open[name];
    store.chosenJob[name] = parts.get(`${name}-job`) ?? store.chosenJob[name];
  }
  store.panel = parts.get("panel") === "result" ? "result" : "setup";
}

/**
 * @param {import("./store.js").Store} store
 * @returns {string}
 */
function written(store) {
  const parts = new URLSearchParams({ wing: store.wing, panel: store.panel });
  for (const name of ORDER) {
    const [file, job] = [store.open[name], store.chosenJob[name]];
    if (file) parts.set(name, file);
    if (job) parts.set(`${name}-job`, job);
  }
  return parts.toString();
}
