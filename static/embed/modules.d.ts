declare module "page:markup" {
  const markup: string;
  export default markup;
}
declare module "*.md" {
  const text: string;
  export default text;
}
declare module "*.css" {
  const styles: string;
  export default styles;
}

/** The classic script that is running, which the build hands to what it wraps. */
declare const tideScript: HTMLScriptElement;
