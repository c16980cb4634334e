// Data that is requested only when the user looks at that one thing: a server's resource usage, the logos of its kernels.
import { hasCode } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { Logger } from "../../base/log";
import { kernelSpecResource } from "../../services/rest/kernelSpec";
import { resourceUsage, type ResourceUsage } from "../../services/rest/resourceUsage";
import type { ServiceManager } from "../../services/serviceManager";
import type { Server } from "../servers/server";

/** Milliseconds for which an answer about usage is good enough. */
const usageFresh = 5_000;
/** Bytes; what is larger is no logo for a row. */
const largestLogo = 100_000;
const images = new Set(["image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"]);

interface Known {
  usageAt: number;
  usage: Promise<ResourceUsage | undefined> | undefined;
  /** It has said that it does not tell. */
  isWithoutUsage: boolean;
  /** By kernel spec: asked once. */
  readonly logos: Map<string, Promise<string | undefined>>;
  /** Those that have come. */
  readonly shown: Map<string, string>;
}

/** Answers are kept for as long as their server runs; what cannot be had is missing, and nobody is bothered with it. */
export class OnDemand {
  readonly #log: Logger;
  readonly #known = new WeakMap<ServiceManager, Known>();
  readonly #changed: Emitter<void>;

  constructor(log: Logger) {
    this.#log = log;
    this.#changed = new Emitter(log);
  }

  /** Fired when a logo has come. */
  get onDidChange() {
    return this.#changed.event;
  }

  /** The resource usage of a server and its kernels; undefined where it does not report any. */
  async usage({ services, label }: Server): Promise<ResourceUsage | undefined> {
    const known = services && this.#of(services);
    if (!known || known.isWithoutUsage) return undefined;
    if (known.usage && Date.now() - known.usageAt < usageFresh) return known.usage;
    known.usageAt = Date.now();
    known.usage = resourceUsage(services.settings).catch((error: unknown) => {
      known.isWithoutUsage = hasCode(error, "not-found");
      if (!known.isWithoutUsage) this.#log.debug(`${label} did not say what it uses`, error);
      return undefined;
    });
    return known.usage;
  }

  /** The logo of a kernel spec as a data URI; undefined where it has none that could be had, or its specs are not known yet. */
  async logo(server: Server, specName: string): Promise<string | undefined> {
    const { services } = server;
    if (!services) return undefined;
    const { logos, shown } = this.#of(services);
    const known = logos.get(specName);
    if (known || !services.kernelSpecs.isReady) return known;
    const asked = this.#askLogo(server, services, specName);
    logos.set(specName, asked);
    const logo = await asked;
    if (logo !== undefined) {
      shown.set(specName, logo);
      this.#changed.fire();
    }
    return logo;
  }

  /** As `logo`, if it has been asked for and has come. */
  logoNow({ services }: Server, specName: string): string | undefined {
    return services && this.#known.get(services)?.shown.get(specName);
  }

  #of(services: ServiceManager): Known {
    const known = this.#known.get(services) ?? { usageAt: 0, usage: undefined, isWithoutUsage: false, logos: new Map(), shown: new Map() };
    this.#known.set(services, known);
    return known;
  }

  async #askLogo({ label }: Server, services: ServiceManager, specName: string): Promise<string | undefined> {
    const resources = services.kernelSpecs.findByName(specName)?.resources ?? {};
    const resource = resources["logo-svg"] ?? resources["logo-64x64"] ?? resources["logo-32x32"];
    if (resource === undefined) return undefined;
    try {
      const { bytes, mimetype } = await kernelSpecResource(services.settings, resource);
      if (!images.has(mimetype) || bytes.length > largestLogo) return undefined;
      return `data:${mimetype};base64,${Buffer.from(bytes).toString("base64")}`;
    } catch (error) {
      this.#log.debug(`The logo of ${specName} on ${label} could not be had`, error);
      return undefined;
    }
  }
}
