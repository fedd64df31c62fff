// Step 4: what the caller may do. The rules are auth/authorize's; here they meet the request.
#include "sidecar/auth/authorize.hpp"

#include "sidecar/gateway/gateway.hpp"
#include "sidecar/split/splitter.hpp"

namespace mlgateway::gateway {
namespace {

config::Operation operation_of(protocol::Operation operation) {
  switch (operation) {
    case protocol::Operation::Infer: return config::Operation::Predict;
    case protocol::Operation::Ready: return config::Operation::Health;
    case protocol::Operation::Metadata:
    case protocol::Operation::ListModels: break;
  }
  return config::Operation::Metadata;
}

bool is_dry_run(const config::Route& route) {
  return route.authorization && route.authorization->mode == config::Enforcement::DryRun;
}

}  // namespace

Status Gateway::may_enter(const Exchange& exchange, const config::Route& route, const auth::Principal& principal) {
  const config::Operation operation = operation_of(exchange.match.operation);
  if (is_dry_run(route) || auth::authorize(route, principal, operation).versions != 0) return Done{};
  return auth::refusal(route, principal, operation);
}

Status Gateway::authorize(Exchange& exchange) const {
  const config::Route& route = exchange.config();
  const config::Operation operation = operation_of(exchange.match.operation);
  exchange.permission = auth::authorize(route, exchange.principal, operation);
  if (exchange.permission.versions != 0) return Done{};
  Error refused = auth::refusal(route, exchange.principal, operation);
  if (!is_dry_run(route)) return refused;
  exchange.would_refuse = std::move(refused);
  exchange.permission = {};
  return Done{};
}

// A dry run changes nothing, so there the rules only tell what they would have said.
Status Gateway::choose_version(Exchange& exchange) {
  const config::Route& route = exchange.config();
  const double random = random_.fraction();
  const auto choose = [&](const auth::Permission& permission) {
    return split::choose(route, exchange.match.version, exchange.head().fields.all(), exchange.principal, random,
                         permission);
  };
  auto version = choose(exchange.permission);
  if (is_dry_run(route)) {
    const auto unruled = choose({});
    if (unruled && !version) exchange.would_refuse = version.error();
    version = unruled;
  }
  if (!version) return version.error();
  exchange.version = *version;
  exchange.route->place(**version).series.in_flight.add();
  return Done{};
}

}  // namespace mlgateway::gateway
