// What all workers and all configurations share: who has used how much, the answers that are kept, the calls under way,
// the tokens that were found good.
//
// Each part says in its own header how it is safe; the function that finds a route's store may be called from any
// thread. Outlives the workers.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sidecar/auth/tokens.hpp"
#include "sidecar/cache/flights.hpp"
#include "sidecar/cache/store.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/limits/ledger.hpp"

namespace mlgateway::gateway {

class Commons {
 public:
  explicit Commons(std::size_t max_accounts) : ledger_(max_accounts) {}

  limits::Ledger& ledger() { return ledger_; }
  const limits::Ledger& ledger() const { return ledger_; }
  cache::Flights& flights() { return flights_; }
  auth::Tokens& tokens() { return tokens_; }

  // Fits the stores to a configuration that is about to come into force: one for each route with a cache, holding only
  // what was answered by versions that the route still has, as they are now.
  void adopt(const config::GatewayConfig& config);
  // Null for a route without a cache.
  std::shared_ptr<cache::Store> store(const config::Route& route) const;

 private:
  using RouteKey = std::pair<std::string, std::string>;

  limits::Ledger ledger_;
  cache::Flights flights_;
  auth::Tokens tokens_;
  mutable std::mutex mutex_;
  std::map<RouteKey, std::shared_ptr<cache::Store>> stores_;  // under mutex_
};

// In the order of the route's versions.
std::vector<cache::Key> cache_tags(const config::Route& route);

}  // namespace mlgateway::gateway
