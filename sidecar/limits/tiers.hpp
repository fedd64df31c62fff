// Which tier of each quota is a caller's, and whose account there is charged. Pure, but for the ids it asks a ledger
// for when it is built.
#pragma once

#include <string>
#include <vector>

#include "sidecar/auth/principal.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/limits/ledger.hpp"
#include "sidecar/limits/policy.hpp"

namespace mlgateway::limits {

// Unambiguous: no two owners share a text (length-prefixed parts). Printable enough for /state through describe_owner.
// Appends to `out`, so that a caller's buffer can be used again.
void append_owner(std::string& out, config::QuotaScope scope, const auth::Principal& principal);
std::string describe_owner(std::string_view owner);  // "alice (keys/iris-users)", "tenant botany", "everybody"

// The quotas of one route, made ready. Immutable; points into the configuration, which must outlive it.
class RouteQuotas {
 public:
  RouteQuotas(const config::GatewayConfig& config, const config::Route& route, Ledger& ledger);

  bool empty() const { return quotas_.empty(); }

  // The accounts that a request of this caller charges. `owners` holds the texts that the claims point to.
  // NoTier when one of the quotas (enforced ones) has no tier for him.
  struct Claims {
    std::vector<Claim> claims;
    std::vector<std::string> owners;
  };
  Status claims_of(const auth::Principal& principal, Claims& claims) const;

  // How a limit is told in RateLimit fields; it must be one of a claim's. Its name there is its own, or "QUOTA.LIMIT"
  // where several quotas apply.
  const Policy& policy_of(const Standing& standing) const;

 private:
  struct Ready {
    const config::Quota* quota;
    std::vector<LedgerTier> tiers;
    std::vector<std::vector<Policy>> policies;  // of each tier's limits
  };
  void describe(Ready& ready, std::string_view cost_unit) const;

  std::vector<Ready> quotas_;
};

}  // namespace mlgateway::limits
