/** What the events of a graph carry. */
export interface TideGraphEvents {
  ready: CustomEvent<{ moments: number }>;
  step: CustomEvent<{ moment: number; moments: number; text: string }>;
  select: CustomEvent<{ id: string | null }>;
  values: CustomEvent<{ values: Record<string, unknown> }>;
  problem: CustomEvent<{ message: string; hint: string }>;
}

/** `<tide-graph>`: a computational graph that plays forward and back. */
export interface TideGraphElement extends HTMLElement {
  play(): void;
  pause(): void;
  /** One step on. */
  step(): void;
  /** Show the picture after so many steps. */
  seek(moment: number): void;
  addEventListener<K extends keyof TideGraphEvents>(
    type: K,
    listener: (this: TideGraphElement, event: TideGraphEvents[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "tide-graph": TideGraphElement;
  }
}
