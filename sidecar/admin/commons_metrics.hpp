// What the workers share, as metrics: the quotas' ledger and its journal, and the caches. Names are stable interface.
#pragma once

#include <vector>

#include <prometheus/metric_family.h>

#include "sidecar/base/clock.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/gateway/commons.hpp"
#include "sidecar/limits/journal.hpp"

namespace mlgateway::admin {

void append_commons(std::vector<prometheus::MetricFamily>& out, const config::GatewayConfig& config,
                    gateway::Commons& commons, Instant now);

// Of a process that has one.
void append_journal(std::vector<prometheus::MetricFamily>& out, const limits::Journal::Numbers& journal);

}  // namespace mlgateway::admin
