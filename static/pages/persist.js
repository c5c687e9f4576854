/**
 * A page that the server writes, in the language that this reader chose before on any page, unless the address asks for
 * one. Loaded by itself before anything is drawn, so that nobody sees the page change its language.
 */
import { storedLanguage } from "../state/storage.js";

const { documentElement: page } = document;
const stored = storedLanguage();
if (stored && !("chosen" in page.dataset) && !page.lang.startsWith(stored)) {
  const url = new URL(location.href);
  url.searchParams.set("language", stored);
  location.replace(url);
}
