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
#include "sidecar/tls/server_contexts.hpp"

namespace mlgateway::gateway {

class Commons {
 public:
  explicit Commons(std::size_t max_accounts) : ledger_(max_accounts) {}

  limits::Ledger& ledger() { return ledger_; }
  const limits::Ledger& ledger() const { return ledger_; }
  cache::Flights& flights() { return flights_; }
  auth::Tokens& tokens() { return tokens_; }

  // Fits everything to a configuration that is about to come into force. Stores: one for each route with a cache,
  // holding only what was answered by versions that the route still has, as they are now. What is shown by TLS: the
  // same as before, with its sessions, where no certificate has changed.
  void adopt(const config::GatewayConfig& config);
  // Null for a route without a cache.
  std::shared_ptr<cache::Store> store(const config::Route& route) const;
  // Null where no route has a certificate.
  std::shared_ptr<const tls::ServerContexts> contexts() const;

 private:
  using RouteKey = std::pair<std::string, std::string>;

  limits::Ledger ledger_;
  cache::Flights flights_;
  auth::Tokens tokens_;
  mutable std::mutex mutex_;
  std::map<RouteKey, std::shared_ptr<cache::Store>> stores_;  // under mutex_, as all below
  std::vector<config::Certificate> certificates_;             // each once
  std::shared_ptr<const tls::ServerContexts> contexts_;       // of these
};

// In the order of the route's versions.
std::vector<cache::Key> cache_tags(const config::Route& route);

}  // namespace mlgateway::gateway
