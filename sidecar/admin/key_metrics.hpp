// The keys that are fetched, as metrics.
#pragma once

#include <vector>

#include <prometheus/metric_family.h>

#include "sidecar/base/clock.hpp"
#include "sidecar/jwks/numbers.hpp"

namespace mlgateway::admin {

// Labels are the issuer and the URL that a route names; one series for each pair, of which the worst is told: the
// fewest keys, the greatest age, no age where some route never had any.
void append_keys(std::vector<prometheus::MetricFamily>& out, const std::vector<jwks::Numbers>& all, Instant now);

}  // namespace mlgateway::admin
