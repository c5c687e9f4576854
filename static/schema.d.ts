/** What the API answers. Written from its OpenAPI document by `make docs`: change the schemas, not this file. */

import type { NestedTensor, Tensor } from "./types.js";

/**
 * All that a page draws of one run: the graph, its values and gradients, and the steps in order.
 */
export interface TraceResponse {
  /**
   * null for a graph without a scalar: forward pass only.
   */
  target: string | null;
  graph: NodeLink;
  scopes: Scope[];
  /**
   * One step an operator, in topological order.
   */
  forward: Step[];
  /**
   * The seed, then contributions and sums, in reverse order.
   */
  backward: Step[];
  /**
   * The operator or variable in which the first NaN or infinity arose.
   */
  first_nonfinite: string | null;
  /**
   * There in an outline alone, which has no steps and no numbers.
   */
  outline?: OutlineNote | null;
  /**
   * Where the program may not mean what it seems to.
   */
  warnings: ProgramWarning[];
}
/**
 * The graph as node-link data: `networkx.node_link_graph(graph, edges="edges")` and D3 load it as it is.
 */
export interface NodeLink {
  directed: true;
  multigraph: true;
  graph: {
    [k: string]: unknown;
  };
  nodes: (VariableNode | OperatorNode)[];
  edges: Edge[];
}
/**
 * A square of the graph.
 */
export interface VariableNode {
  /**
   * Its name, with the path of its scope in front.
   */
  id: string;
  kind: "variable";
  role: "input" | "target" | "parameter" | "constant" | "intermediate";
  latex: string;
  shape: number[];
  dtype: string;
  /**
   * null in an outline.
   */
  value: Tensor | null;
  /**
   * null off every path to the target.
   */
  gradient: Tensor | null;
  /**
   * Whether the program names it; else its symbol is its expression.
   */
  named: boolean;
  /**
   * Path of the scope it is inside; empty at the top level.
   */
  scope: string;
  /**
   * Line of the program it comes from.
   */
  line: number;
}
/**
 * A circle of the graph.
 */
export interface OperatorNode {
  id: string;
  kind: "operator";
  /**
   * Its name in /api/v1/operators.
   */
  op: string;
  /**
   * Short LaTeX for inside the circle.
   */
  symbol: string;
  /**
   * The whole expression.
   */
  latex: string;
  attributes: {
    [k: string]: unknown;
  };
  /**
   * Literal operands by input port; numbers are not nodes.
   */
  literals: {
    [k: string]: unknown;
  };
  flops: number;
  scope: string;
  line: number;
}
/**
 * An arrow of the graph.
 */
export interface Edge {
  source: string;
  target: string;
  /**
   * Input port of an operator, or index of an operator's output.
   */
  key: number;
}
/**
 * A circle that opens: a call of a `def`, a composite operator, a loop, an iteration of it.
 */
export interface Scope {
  /**
   * Its path; parents come first.
   */
  id: string;
  name: string;
  kind: "function" | "operator" | "loop" | "iteration";
  parent: string;
  symbol: string;
  latex: string;
  line: number;
  /**
   * The composite operator that it is a call of.
   */
  op: string | null;
  /**
   * What was passed; null for what was left out.
   */
  operands: (string | number | null)[];
  attributes: {
    [k: string]: unknown;
  };
  /**
   * Variables read from outside.
   */
  inputs: string[];
  /**
   * Variables read outside.
   */
  outputs: string[];
  /**
   * The scope's work, told from outside the circle.
   */
  forward: Step[];
  backward: Step[];
}
/**
 * One step of the forward or the backward pass.
 */
export interface Step {
  phase: "forward" | "backward";
  kind: "operator" | "seed" | "contribution" | "sum";
  /**
   * Operator or scope that works; null for seed and sum.
   */
  operator: string | null;
  scope: string;
  /**
   * Variables that are read.
   */
  inputs: string[];
  /**
   * Variables that get their value.
   */
  outputs: string[];
  /**
   * Variable whose gradient is worked out.
   */
  variable?: string | null;
  /**
   * Variable whose gradient flows in.
   */
  through?: string | null;
  contribution?: Tensor | null;
  /**
   * Which of the variable's contributions, from 0.
   */
  index?: number | null;
  /**
   * How many contributions the variable has.
   */
  count?: number | null;
  /**
   * Whether the gradient is complete after this step.
   */
  final?: boolean | null;
  /**
   * The gradient, when it is complete.
   */
  gradient?: Tensor | null;
  /**
   * Contributions: a key for what happens on the way, and names in it.
   */
  how?: {
    [k: string]: string;
  } | null;
  equation: Equation;
  message: MessageData;
  /**
   * The step as one plain sentence, in the language that was asked for.
   */
  text: string;
}
/**
 * One step's equation as LaTeX; empty in the trace of a very large graph.
 */
export interface Equation {
  /**
   * With names.
   */
  symbolic?: string | null;
  /**
   * With the numbers of this run.
   */
  numeric?: string | null;
  /**
   * Backward steps: the chain rule that the step applies.
   */
  chain?: string | null;
  /**
   * Contributions: the left side of their sum.
   */
  left?: string | null;
  /**
   * Contributions: the term of the symbolic sum.
   */
  term?: string | null;
  /**
   * Contributions: the term of the sum in the chain rule.
   */
  prod?: string | null;
  /**
   * Contributions: the term of the numeric sum.
   */
  result?: string | null;
}
/**
 * The sentence as data: its code and its parameters.
 */
export interface MessageData {
  code: string;
  /**
   * What fills the text; some are messages themselves.
   */
  parameters: {
    [k: string]: unknown;
  };
}
/**
 * What a graph is whose outline is answered.
 */
export interface OutlineNote {
  /**
   * Operators of the whole graph.
   */
  operators: number;
  /**
   * Whether it is small enough to be run.
   */
  runs: boolean;
}
/**
 * Where a program may mean something else than its author thinks.
 */
export interface ProgramWarning {
  code: string;
  parameters: {
    [k: string]: unknown;
  };
  /**
   * In the language that the request asks for.
   */
  message: string;
  line: number;
}
/**
 * A level as a trace that only runs forward, in which derivatives are variables like any other.
 */
export interface PictureResponse {
  /**
   * null for a graph without a scalar: forward pass only.
   */
  target: string | null;
  graph: NodeLink;
  scopes: Scope[];
  /**
   * One step an operator, in topological order.
   */
  forward: Step[];
  /**
   * The seed, then contributions and sums, in reverse order.
   */
  backward: Step[];
  /**
   * The operator or variable in which the first NaN or infinity arose.
   */
  first_nonfinite: string | null;
  /**
   * There in an outline alone, which has no steps and no numbers.
   */
  outline?: OutlineNote | null;
  /**
   * The level of differentiation.
   */
  level: "value" | "gradient" | "hessian-vector product" | "hessian";
  ties: Tie[];
  /**
   * 1 for variables of the backward pass, 2 for what differentiates that again, by name.
   */
  orders: {
    [k: string]: number;
  };
  /**
   * Where the program may not mean what it seems to.
   */
  warnings: ProgramWarning[];
}
/**
 * A node of the picture, and the variable of the program that it is a derivative by.
 */
export interface Tie {
  derivative: string;
  variable: string;
}
/**
 * All of a trace that depends on the program alone.
 */
export interface StructureResponse {
  /**
   * The scalar that is differentiated.
   */
  target: string | null;
  graph: StructureGraph;
  scopes: StructureScope[];
  forward: StructureStep[];
  backward: StructureStep[];
  /**
   * Not in an outline.
   */
  costs?: Costs | null;
  /**
   * The run for a page's own kernels; not in an outline.
   */
  plan?: PagePlan | null;
  /**
   * There in an outline alone, which has no steps.
   */
  outline?: OutlineNote | null;
  /**
   * Where the program may not mean what it seems to.
   */
  warnings: ProgramWarning[];
}
/**
 * The graph as node-link data, without numbers.
 */
export interface StructureGraph {
  directed: true;
  multigraph: true;
  graph: {
    [k: string]: unknown;
  };
  nodes: (StructureVariable | OperatorNode)[];
  edges: Edge[];
}
/**
 * A square of the graph, without its numbers.
 */
export interface StructureVariable {
  id: string;
  kind: "variable";
  role: "input" | "target" | "parameter" | "constant" | "intermediate";
  latex: string;
  shape: number[];
  dtype: string;
  /**
   * Whether it is on a path to the target, so has a gradient.
   */
  differentiated: boolean;
  /**
   * Whether the program names it; else its symbol is its expression.
   */
  named: boolean;
  scope: string;
  line: number;
}
/**
 * A circle that opens, and its steps without numbers.
 */
export interface StructureScope {
  id: string;
  name: string;
  kind: "function" | "operator" | "loop" | "iteration";
  parent: string;
  symbol: string;
  latex: string;
  line: number;
  op: string | null;
  operands: (string | number | null)[];
  attributes: {
    [k: string]: unknown;
  };
  inputs: string[];
  outputs: string[];
  forward: StructureStep[];
  backward: StructureStep[];
}
/**
 * A step, and its equation as a template: `numeric` and `result` have slots for a run's numbers.
 */
export interface StructureStep {
  phase: "forward" | "backward";
  kind: "operator" | "seed" | "contribution" | "sum";
  operator: string | null;
  scope: string;
  inputs: string[];
  outputs: string[];
  variable?: string | null;
  through?: string | null;
  /**
   * Numbers of the contributions that it is the sum of.
   */
  parts?: number[] | null;
  index?: number | null;
  count?: number | null;
  final?: boolean | null;
  how?: {
    [k: string]: string;
  } | null;
  /**
   * As in a trace; `⟦v:W1⟧` is the place of a value, `⟦g:W1⟧` of a gradient, `⟦c:3⟧` of a part.
   */
  equation: {
    [k: string]: string;
  };
  text: string;
  message: MessageData1;
}
/**
 * The sentence as data: its code and its parameters.
 */
export interface MessageData1 {
  code: string;
  /**
   * What fills the text; some are messages themselves.
   */
  parameters: {
    [k: string]: unknown;
  };
}
/**
 * What a run costs.
 */
export interface Costs {
  /**
   * Calls of both passes.
   */
  operators: number;
  flops: PassFlops;
  /**
   * Bytes that a run of the server allocates at most.
   */
  peak_bytes: number;
}
/**
 * Floating-point operations of both passes.
 */
export interface PassFlops {
  forward: number;
  backward: number;
}
/**
 * A run as a straight-line list of calls of primitives; arrays are numbered.
 */
export interface PagePlan {
  dtype: "float64" | "float32";
  /**
   * Shape and kind of each array.
   */
  arrays: [number[], "float" | "int" | "bool"][];
  /**
   * Known numbers: which array, and its value.
   */
  constants: [number, NestedTensor][];
  /**
   * The arrays that a run is given.
   */
  leaves: {
    [k: string]: number;
  };
  /**
   * Operator, inputs, outputs and attributes of each call, in order.
   */
  calls: [
    string,
    number[],
    number[],
    {
      [k: string]: unknown;
    }
  ][];
  /**
   * How many of the calls are the forward pass.
   */
  forward: number;
  values: {
    [k: string]: number;
  };
  gradients: {
    [k: string]: number;
  };
  contributions: number[];
  /**
   * Operators that only the server computes.
   */
  missing: string[];
}
/**
 * A run that a page makes by itself.
 */
export interface PlanResponse {
  /**
   * The scalar that is differentiated.
   */
  target: string;
  /**
   * The variable that is the prediction.
   */
  output: string | null;
  /**
   * What is trained, and the shapes.
   */
  parameters: {
    [k: string]: number[];
  };
  /**
   * Examples a step.
   */
  batch_size: number;
  /**
   * Steps in which every example is seen once.
   */
  epoch_steps: number;
  /**
   * Named sizes, which a sweep can change.
   */
  sizes: {
    [k: string]: number;
  };
  /**
   * null for more than two inputs.
   */
  examples: ExamplesDocument | null;
  /**
   * Floating-point operations of a step.
   */
  step_flops: number;
  /**
   * null where the run is too large for a page, or lacks a kernel there.
   */
  run: PageRun | null;
  /**
   * Where the program may not mean what it seems to.
   */
  warnings: ProgramWarning[];
}
/**
 * Training examples of one or two inputs.
 */
export interface ExamplesDocument {
  /**
   * Nested lists; a summary above the server's array limit.
   */
  inputs: Tensor;
  /**
   * Nested lists; a summary above the server's array limit.
   */
  targets: Tensor;
  classes: number;
  features: string[];
  labels: string[];
  /**
   * The output above which the second class is predicted.
   */
  threshold: number | null;
}
/**
 * A run for a page's own kernels; minibatches follow from the seed, as the server draws them.
 */
export interface PageRun {
  plan: PagePlan;
  /**
   * Values that are neither fed nor trained.
   */
  fixed: {
    [k: string]: NestedTensor;
  };
  /**
   * The parameters at step 0.
   */
  first: {
    [k: string]: NestedTensor;
  };
  /**
   * Examples that a run reads.
   */
  batch: number;
  /**
   * false: gradients of single examples are averaged.
   */
  batched: boolean;
  /**
   * Examples.
   */
  count: number;
  /**
   * Examples of the validation.
   */
  held: number;
  feeds: FeedDocument[];
  targets: Tensor | null;
  held_targets: Tensor | null;
  /**
   * Of a classification; otherwise 0.
   */
  classes: number;
  threshold: number | null;
  /**
   * Where examples lie in the prediction.
   */
  output_axis: number | null;
  /**
   * Of the prediction's picture.
   */
  axes: Tensor | null;
}
/**
 * A variable that is fed, with all its examples; `axis` is theirs, null where a run reads a single one.
 */
export interface FeedDocument {
  name: string;
  axis: number | null;
  examples?: Tensor | null;
  /**
   * Those of the validation.
   */
  held?: Tensor | null;
  /**
   * The points of the prediction's picture.
   */
  plane?: Tensor | null;
}
/**
 * A program to start from, told in English.
 */
export interface Example {
  /**
   * What it is called.
   */
  title: string;
  /**
   * What it shows.
   */
  description: string;
  /**
   * Something to think about while looking at the graph.
   */
  question: string;
  /**
   * Its name.
   */
  name: string;
  /**
   * What the page filters its examples by.
   */
  tags: string[];
  /**
   * The program's text.
   */
  program: string;
  zh: ExampleWords;
  /**
   * Column and row from the bottom of each node, from 1; null for the general layout.
   */
  layout?: {
    /**
     * @minItems 2
     * @maxItems 2
     */
    [k: string]: [number, number];
  } | null;
  /**
   * How the page draws arrows and colours at first; null for as usual.
   */
  look?: string | null;
}
/**
 * The same words in Simplified Chinese.
 */
export interface ExampleWords {
  title: string;
  description: string;
  /**
   * Something to think about while looking at the graph.
   */
  question: string;
}
/**
 * What is sent of an array with too many elements to list; `/api/v1/tensor` returns any slice of it.
 */
export interface Summary {
  summary: true;
  shape: number[];
  dtype: string;
  min: number | ("NaN" | "Infinity" | "-Infinity");
  max: number | ("NaN" | "Infinity" | "-Infinity");
  mean: number | ("NaN" | "Infinity" | "-Infinity");
  std: number | ("NaN" | "Infinity" | "-Infinity");
  norm: number | ("NaN" | "Infinity" | "-Infinity");
  /**
   * How many elements are NaN or infinite.
   */
  nonfinite: number;
  histogram: Histogram;
  /**
   * Block means of the array seen as a matrix, at most 32 by 32.
   */
  picture: NestedTensor;
}
/**
 * How the finite elements of an array are spread.
 */
export interface Histogram {
  counts: number[];
  edges: number[];
}
/**
 * A run to be told step by step.
 */
export interface TraceRequest {
  /**
   * Significant digits of the numbers in equations.
   */
  digits?: number;
  /**
   * Whether those numbers all have a power of ten.
   */
  scientific?: boolean;
  /**
   * The program text; see the program language.
   */
  program?: string | null;
  /**
   * Instead of a program, a graph as data: node-link, as in a trace's `graph`.
   */
  graph?: {
    [k: string]: unknown;
  } | null;
  /**
   * With a graph, the scopes that open, as in a trace's `scopes`.
   */
  scopes?: {
    [k: string]: unknown;
  }[];
  /**
   * New numbers for sizes that the program names, such as `n` in `d, n = 4, 8`.
   */
  sizes?: {
    [k: string]: number;
  };
  /**
   * Training or evaluation mode of the whole program, whatever its `train()` and `eval()` say: in evaluation nothing is dropped, and batch norm uses its running statistics. By default they decide.
   */
  training?: boolean | null;
  /**
   * Values of inputs, targets and parameters, by name; the rest are drawn from the seed.
   */
  values?: {
    [k: string]: NestedTensor;
  };
  /**
   * Stored weights, by the name that PUT /api/v1/weights was given; `values` go before them.
   */
  weights?: string | null;
  /**
   * The scalar to differentiate; without one, the last scalar assigned.
   */
  target?: string | null;
  /**
   * With a target that is no scalar: the seed v; what is differentiated is dot(v, target).
   */
  cotangent?: NestedTensor | null;
  /**
   * How arrays are answered: nested lists, or typed buffers `{dtype, shape, base64}`.
   */
  arrays?: "lists" | "base64";
  /**
   * Seed of the values that are drawn.
   */
  seed?: number;
  /**
   * Precision of every array.
   */
  dtype?: "float64" | "float32";
  /**
   * Scopes by their ids. Where it is given, a graph of more than 2,000 operators is answered as it is drawn with these scopes open and all others closed: its outline. Nothing is differentiated or run for it.
   */
  outline?: string[] | null;
}
