/** Metrics as text, in Prometheus' format or in OpenMetrics': prom-client writes it. */
import { type Metric, Registry, type RegistryContentType } from "prom-client";
import type { ServiceStatus } from "../stats/service-status.ts";
import { FAMILIES, type Family } from "./families.ts";

const OPEN_METRICS = "application/openmetrics-text";

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** In the format that the client likes best, as its Accept field says. */
export async function expose(status: ServiceStatus, accept: string): Promise<Exposition> {
  const wantsOpenMetrics = preference(accept, OPEN_METRICS) > preference(accept, "text/plain");
  const registry = new Registry<RegistryContentType>();
  if (wantsOpenMetrics) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const family of FAMILIES) registry.registerMetric(metricOf(family, status));
  return { contentType: registry.contentType, text: await registry.metrics() };
}

/**
 * prom-client counts, or has values set, in metrics of its own; its histograms cannot be set. Here all
 * has been counted, so that it gets what it would ask its own metrics for.
 */
function metricOf({ name, type, help, samples }: Family, status: ServiceStatus): Metric {
  const metric = {
    // The registry takes `_total` from the name of a counter, where the format wants it so.
    ...{ name, type },
    get: () => Promise.resolve({ name: metric.name, type, help, values }),
  };
  const values = samples(status).map(({ labels, value, suffix }) => ({
    ...{ labels, value },
    ...(suffix !== undefined && { metricName: `${name}${suffix}` }),
  }));
  // Of a metric the registry uses nothing but these; its type asks for a whole one.
  return metric as unknown as Metric;
}

/** The quality that an Accept field gives to a media type (RFC 9110 section 12.5.1); 0 where it has none. */
function preference(accept: string, mediaType: string): number {
  for (const range of accept.split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    if (type !== mediaType) continue;
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    return quality === undefined ? 1 : Number(quality.slice(2)) || 0;
  }
  return 0;
}
