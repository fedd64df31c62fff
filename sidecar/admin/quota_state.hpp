// What /state says of a quota: of each limit what was granted and refused, its fullest account, and who has used most.
#pragma once

#include <nlohmann/json.hpp>

#include "sidecar/base/clock.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/limits/ledger.hpp"

namespace mlgateway::admin {

// Amounts are decimal strings in the limit's unit.
nlohmann::json describe_quota(const config::Quota& quota, const limits::Ledger& ledger, Instant now);

// What a limit holds when nothing of it is used.
limits::Amount holds(const config::Limit& limit);

}  // namespace mlgateway::admin
