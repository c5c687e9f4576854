/** The trace as `POST /api/v1/trace` answers it (docs/architecture.md), and what the page derives from it. */

export type Scalar = number | "NaN" | "Infinity" | "-Infinity";
export type NestedTensor = Scalar | NestedTensor[];

export interface Summary {
  summary: true;
  shape: number[];
  dtype: string;
  min: Scalar;
  max: Scalar;
  mean: Scalar;
  std: Scalar;
  norm: Scalar;
  nonfinite: number;
  histogram: { counts: number[]; edges: Scalar[] };
  picture: Scalar[][];
}

export type Tensor = NestedTensor | Summary;

export type Role = "input" | "target" | "parameter" | "constant" | "intermediate";

export interface VariableNode {
  id: string;
  kind: "variable";
  role: Role;
  latex: string;
  shape: number[];
  dtype: string;
  value: Tensor;
  gradient: Tensor | null;
  /** False for an intermediate that the program does not name. */
  named?: boolean;
  scope: string;
  line?: number | null;
}

export interface OperatorNode {
  id: string;
  kind: "operator";
  op: string;
  symbol: string;
  latex: string;
  attributes: Record<string, unknown>;
  literals: Record<string, unknown>;
  flops?: number;
  scope: string;
  line?: number | null;
}

export type TraceNode = VariableNode | OperatorNode;

export interface TraceEdge {
  source: string;
  target: string;
  key: number;
}

/** Empty in a trace too long to be read. */
export interface Equation {
  symbolic?: string;
  numeric?: string;
  /** Backward only. */
  chain?: string;
  /** Contributions and sums: the pieces that a sum is put together from. */
  left?: string;
  term?: string;
  prod?: string;
  result?: string;
}

export type Phase = "forward" | "backward" | "update";

/** What one training step does to one parameter, as the server tells it. */
export interface Update {
  variable: string;
  after: Tensor;
  symbolic: string[];
  numeric: string;
  text: string;
}

export interface Step {
  phase: Phase;
  kind: "operator" | "seed" | "contribution" | "sum" | "update";
  operator: string | null;
  scope: string;
  inputs: string[];
  outputs: string[];
  variable?: string | null;
  through?: string | null;
  contribution?: Tensor | null;
  index?: number | null;
  count?: number | null;
  final?: boolean | null;
  gradient?: Tensor | null;
  /** What happens to a gradient on its way: the `key` of a phrase, and the names in it. */
  how?: Record<string, string> | null;
  /** What an update leaves of a parameter. */
  after?: Tensor;
  /** The sentence as data; absent in traces of earlier versions and in steps that the page makes itself. */
  message?: import("./i18n/catalogue.js").Message;
  equation: Equation;
  text: string;
}

export interface Scope {
  id: string;
  name: string;
  kind: "function" | "operator" | "loop" | "iteration";
  parent: string;
  symbol: string;
  latex: string;
  line?: number | null;
  /** Of a loop: `first`, `last` and `count`. */
  attributes?: Record<string, unknown>;
  inputs: string[];
  outputs: string[];
  forward: Step[];
  backward: Step[];
}

export interface TraceBody {
  target: string | null;
  graph: { directed: boolean; multigraph: boolean; graph: object; nodes: TraceNode[]; edges: TraceEdge[] };
  scopes: Scope[];
  forward: Step[];
  backward: Step[];
  /** Of a level of differentiation: which derivative belongs to which variable of the program. */
  ties?: Tie[];
  /** The order of differentiation of derivatives, by name. */
  orders?: Record<string, number>;
  /** Where the program may not mean what it seems to. */
  warnings?: ProgramWarning[];
}

export interface ProgramWarning {
  code: string;
  message: string;
  line: number;
}

/** A range of the program, from 1, its end exclusive, and the text that corrects it. */
export interface Fix {
  range: { line: number; column: number; end_line: number; end_column: number };
  text: string;
}

export interface Tie {
  derivative: string;
  variable: string;
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

export interface ExampleWords {
  title: string;
  description: string;
  /** Something to think about while looking at the graph. */
  question: string;
}

export interface Example extends ExampleWords {
  name: string;
  tags: string[];
  program: string;
  zh: ExampleWords;
  layout?: GridHints | null;
  /** How arrows and colours are drawn at first, as in an address. */
  look?: string | null;
}

export interface TraceRequest {
  program: string;
  values?: Record<string, NestedTensor>;
  sizes?: Record<string, number>;
  target?: string;
  seed?: number;
  dtype?: string;
  training?: boolean;
  /** the name of stored arrays */
  weights?: string;
  digits?: number;
  scientific?: boolean;
}

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

/** A run as a straight-line list of calls of primitives, which the page's kernels compute; arrays are numbered. */
export interface PagePlan {
  dtype: string;
  arrays: [number[], "float" | "int" | "bool"][];
  constants: [number, NestedTensor][];
  leaves: Record<string, number>;
  calls: [string, number[], number[], Record<string, any>][];
  forward: number;
  values: Record<string, number>;
  gradients: Record<string, number>;
  contributions: number[];
  missing: string[];
}

/** A step whose equation has slots for numbers. */
export type StructureStep = Omit<Step, "contribution" | "gradient" | "equation"> & { equation: Record<string, string>; parts?: number[] };

/** All of a trace that depends on the program alone, as `POST /api/v1/structure` answers it. */
export interface Structure {
  warnings?: ProgramWarning[];
  target: string | null;
  graph: Omit<TraceBody["graph"], "nodes"> & { nodes: (OperatorNode | Omit<VariableNode, "value" | "gradient">)[] };
  scopes: (Omit<Scope, "forward" | "backward"> & { forward: StructureStep[]; backward: StructureStep[] })[];
  forward: StructureStep[];
  backward: StructureStep[];
  costs: { operators: number; flops: { forward: number; backward: number }; peak_bytes: number };
  plan: PagePlan;
}
