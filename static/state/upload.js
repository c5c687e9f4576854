/** Files that are sent, with how much of them has been. */
import { language } from "../i18n/strings.js";

/**
 * @param {string} url
 * @param {string} method
 * @param {Blob} file
 * @param {{ signal: AbortSignal, onProgress: (part: number) => void }} how
 * @returns {Promise<{ status: number, response: any }>} what was answered; status 0 where nothing was
 */
export function upload(url, method, file, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const sent = new XMLHttpRequest();
    sent.open(method, url);
    sent.setRequestHeader("accept-language", language);
    sent.setRequestHeader("content-type", "application/octet-stream");
    sent.responseType = "json";
    sent.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 1);
    sent.upload.onload = () => onProgress(1);
    sent.onload = sent.onerror = () => resolve(sent);
    sent.onabort = () => reject(new DOMException("", "AbortError"));
    signal.addEventListener("abort", () => sent.abort());
    sent.send(file);
  });
}
