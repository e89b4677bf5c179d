/** The server, by the calls that it offers. */

import { decodeTable } from "../viewer.js";

/** @typedef {import("./types.js").File} File */
/** @typedef {import("./types.js").Job} Job */
/** @typedef {import("./types.js").Edit} Edit */
/** @typedef {import("./types.js").Table} Table */

/** What the server refused, in its own sentence. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} sentence
   */
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

const UNREACHABLE = "The server does not answer. Is it still running?";

/**
 * @param {string} path
 * @param {RequestInit} [request]
 * @returns {Promise<Response>}
 */
async function call(path, request = {}) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...request });
  } catch {
    throw new Refused(0, UNREACHABLE);
  }
  if (answer.ok) return answer;
  throw new Refused(answer.status, sentence(await answer.text(), answer.status));
}

/**
 * @param {string} body
 * @param {number} status
 * @returns {string}
 */
function sentence(body, status) {
  try {
    const { error } = JSON.parse(body);
    if (typeof error === "string") return error;
  } catch {
    // An answer that is not the server's own, such as that of a proxy.
  }
  return `The server refused this (${status}).`;
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function get(path) {
  return (await call(path)).json();
}

/**
 * @param {string} method
 * @param {string} path
 * @param {any} [body]
 * @returns {Promise<any>}
 */
export async function send(method, path, body) {
  const answer = await call(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return answer.status === 204 ? null : answer.json();
}

/**
 * Send a file as it is, saying how much of it is there.
 *
 * @param {globalThis.File} file
 * @param {(share: number) => void} progress
 * @returns {Promise<File>}
 */
export function upload(file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `api/files?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 1);
    request.onerror = () => reject(new Refused(0, UNREACHABLE));
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText));
      else reject(new Refused(request.status, sentence(request.responseText, request.status)));
    };
    request.send(file);
  });
}

/**
 * The numbers of a result, a column after another.
 *
 * @param {string} job
 * @param {number} index
 * @returns {Promise<Table>}
 */
export async function table(job, index) {
  const answer = await call(`api/jobs/${job}/results/${index}/table`);
  return decodeTable(await answer.arrayBuffer());
}
