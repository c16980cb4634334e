// The services of a Jupyter server, for programs of any kind: no VS Code, no hub. See docs/services.md.
export { ConnectError, HttpError, hasCode, type ErrorCode } from "../base/errors";
export { serverSettings, type ServerSettings, type ServerSettingsOptions, type TokenProvider } from "../transport/settings";
export { ServiceManager, type ServiceManagerOptions } from "./serviceManager";
export type { Activity } from "./poller";
export { KernelConnection, type ExecuteRequest, type KernelConnectionOptions } from "./kernel/connection";
export { KernelFuture, type FutureHandlers } from "./kernel/requests/future";
export type { Gap } from "./kernel/delivery/gap";
export { KernelManager } from "./kernel/manager";
export type { ExecuteReply, KernelInfo, Message, Reply } from "./kernel/messages";
export type { KernelModel } from "./kernel/model";
export type { ConnectionStatus, KernelStatus } from "./kernel/socket/state";
export { KernelSpecManager } from "./kernelspec/manager";
export type { KernelSpec, KernelSpecs } from "./kernelspec/model";
export { SessionContext } from "./session/context";
export type { KernelPreference } from "./session/defaultKernel";
export { SessionConnection } from "./session/connection";
export { SessionManager } from "./session/manager";
export type { SessionModel } from "./session/model";
