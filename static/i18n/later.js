/** Whatever is imported together with this has the texts of the later parts. */
import { laterMessages } from "./strings.js";

await laterMessages();
