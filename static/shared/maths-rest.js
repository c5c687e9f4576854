/**
 * What authors' own TeX may use and the engine's equations do not. The build puts the rest of KaTeX in the place of this
 * module (`smallKatex` in static/embed/plugins.mjs); elsewhere KaTeX is whole already.
 */
export {};
