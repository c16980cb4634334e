// The protocol between the extension and its notebook renderer. Both sides import this, so it knows neither VS Code nor Node nor the DOM.

/** The version of the protocol, which the renderer says first: after an update of the extension an open page may have an older renderer. */
export const protocolVersion = 1;

/** The first message of a view, once its script runs. */
export interface Hello {
  readonly type: "hello";
  readonly version: number;
}
