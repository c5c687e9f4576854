declare module "page:markup" {
  const markup: string;
  export default markup;
}
declare module "*.css" {
  const styles: string;
  export default styles;
}
