// Texts that name an owner, a quota or a limit: parts with their lengths before them ("6:models5:plans"), so that no
// two lists of parts share a text, whatever stands in them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::limits {

// The ledger's numbers for such texts, for its life.
using LimitId = std::uint32_t;
using QuotaId = std::uint32_t;

void append_part(std::string& out, std::string_view part);
// Takes the first part off `text`. False, and nothing changes, when it does not begin with one.
bool take_part(std::string_view& text, std::string_view& part);

// Namespace and name.
std::string quota_identity(const config::Quota& quota);
// Quota, tier, limit, unit, and whether it is a rate or a budget: another unit or kind is another limit.
std::string limit_identity(const config::Quota& quota, const config::Tier& tier, const config::Limit& limit);

}  // namespace mlgateway::limits
