/** What the API answers (`schema.d.ts`, written from its OpenAPI document), and what the page derives from it. */

import type * as api from "./schema.js";

export type { Edge as TraceEdge, Equation, Example, ExampleWords, PagePlan, ProgramWarning, Tie, TraceRequest } from "./schema.js";
export type { StructureStep } from "./schema.js";

export type Scalar = number | "NaN" | "Infinity" | "-Infinity";
export type NestedTensor = Scalar | NestedTensor[];
/** As the page asks for it: its picture in lists. */
export type Summary = Omit<api.Summary, "picture"> & { picture: Scalar[][] };
export type Tensor = NestedTensor | Summary;

/** What traces of earlier versions, and those that the page makes itself, may lack. */
type Without<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

/** The value is null in an outline alone, which shows none. */
export type VariableNode = Without<Omit<api.VariableNode, "value">, "named" | "line"> & { value: NonNullable<api.VariableNode["value"]> };
export type OperatorNode = Without<api.OperatorNode, "flops" | "line">;
export type TraceNode = VariableNode | OperatorNode;
export type Role = VariableNode["role"];
export type Phase = api.Step["phase"] | "update";

/** A step of the API, or one that the page makes itself. */
export type Step = Omit<api.Step, "phase" | "kind" | "message"> & {
  phase: Phase;
  kind: api.Step["kind"] | "update";
  /** What an update leaves of a parameter. */
  after?: Tensor;
  message?: import("./i18n/catalogue.js").Message;
};

export type Scope = Without<Omit<api.Scope, "forward" | "backward">, "line" | "op" | "operands" | "attributes"> & { forward: Step[]; backward: Step[] };

/** Not an outline. */
export type Structure = api.StructureResponse & { plan: api.PagePlan; costs: api.Costs };

/** A training run for the page's own kernels. */
export type TrainingPlan = api.PlanResponse;

/** Also of a level of differentiation, which has ties and orders. */
export type TraceBody = Without<Omit<api.TraceResponse, "graph" | "scopes" | "forward" | "backward">, "warnings" | "first_nonfinite"> & {
  graph: Omit<api.NodeLink, "nodes"> & { nodes: TraceNode[] };
  scopes: Scope[];
  forward: Step[];
  backward: Step[];
  ties?: api.Tie[];
  orders?: Record<string, number>;
};

/** What one training step does to one parameter, as the server tells it. */
export interface Update {
  variable: string;
  after: Tensor;
  symbolic: string[];
  numeric: string;
  text: string;
}

/** A range of the program, from 1, its end exclusive, and the text that corrects it. */
export interface Fix {
  range: { line: number; column: number; end_line: number; end_column: number };
  text: string;
}

export interface Trace {
  target: string | null;
  nodes: Map<string, TraceNode>;
  edges: TraceEdge[];
  scopes: Map<string, Scope>;
  steps: Step[];
  warnings: ProgramWarning[];
  ties: Tie[];
  /** The order of differentiation of marks that are not the program's own. */
  orders: Map<string, number>;
  /** There where only the graph is known: how large it is, and whether it can be run. */
  outline: api.OutlineNote | null;
  /** Whether these are one backward pass, which is told and laid out as such. */
  folded: boolean;
}

/** A circle or square of the picture: a node of the trace, or a closed scope drawn as one operator. */
export interface ViewNode {
  id: string;
  kind: "variable" | "operator";
  parent: string;
  latex: string;
  name: string;
  role: Role | null;
  variable: VariableNode | null;
  scope: Scope | null;
}

export interface ViewEdge {
  id: string;
  source: string;
  target: string;
  keys: number[];
}

/** A step as the picture tells it; `at` is how far the trace's own list of steps has come when it is done. */
export type ViewStep = Step & { at: number };

export interface Contribution {
  moment: number;
  step: ViewStep;
}

export interface View {
  trace: Trace;
  nodes: Map<string, ViewNode>;
  /** Place of each node in the program. */
  order: Map<string, number>;
  edges: Map<string, ViewEdge>;
  hulls: Scope[];
  steps: ViewStep[];
  valueMoments: Map<string, number>;
  contributions: Map<string, Contribution[]>;
  edgeMoments: Map<string, { forward: number; backward: number }>;
  updates: Map<string, { moment: number; after: Tensor }>;
  enclosing: (id: string) => string[];
}

export interface Point {
  x: number;
  y: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Centres of nodes, polylines of edges and boxes of open scopes, in the scene's own pixels. */
export interface Layout {
  nodes: Map<string, Point>;
  edges: Map<string, Point[]>;
  hulls: Map<string, Box>;
  /** Whether everything stands where it is to stand: it is not to be laid over what was drawn before. */
  placed?: boolean;
}

/** A view, and where everything in it was laid, before anything was pulled elsewhere. */
export interface Drawing {
  view: View;
  laid: Layout;
  /** Whether the same graph may be laid out anew where the window shows that larger. */
  refit?: boolean;
}

export interface Metrics {
  cellX: number;
  cellY: number;
  /** What the drawing has in the window, in pixels. */
  room?: { width: number; height: number };
  /** Whether data flow from bottom to top; else from left to right. */
  upward?: boolean;
}

/** Column and row of a node in a hand-made figure, both from 1, rows counted from the bottom. */
export type GridHints = Record<string, [number, number]>;

export interface PlayerState {
  length: number;
  /** the moments between which the show plays */
  first: number;
  last: number;
  moment: number;
  progress: number;
  current: number;
  playing: boolean;
  speed: number;
  looping: boolean;
}
