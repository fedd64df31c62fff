#include "operator/route/plan.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "operator/render/render.hpp"
#include "operator/route/conditions.hpp"
#include "operator/route/conflicts.hpp"
#include "operator/route/keys.hpp"
#include "sidecar/config/check.hpp"
#include "sidecar/config/render.hpp"

namespace mlgateway::route {
namespace {

// One route's share of the plan.
struct Outcome {
  Verdict accepted;
  Keys keys;
  std::optional<config::Route> rendered;
};

Outcome decide(const ObservedRoute& observed, const Conflict* conflict, const World& world, WallTime now) {
  Outcome outcome{accepted(observed, conflict), {}, std::nullopt};
  if (!observed.good) return outcome;
  outcome.keys = collect_keys(*observed.good, world.secrets, now);
  if (conflict != nullptr) return outcome;
  config::Route rendered = render::render(*observed.good, observed.good_generation, outcome.keys.by_method);
  // The last guard: whatever the schema let through, one route can never make the sidecars refuse the whole file.
  config::GatewayConfig alone;
  alone.routes = {rendered};
  if (auto checked = config::check(alone); !checked) {
    outcome.accepted = {"False", "UnsupportedValue", "the sidecars would refuse it: " + checked.error().message};
    return outcome;
  }
  outcome.rendered = std::move(rendered);
  return outcome;
}

api::RouteStatus status_of(const ObservedRoute& observed, const Outcome& outcome, const World& world, WallTime now) {
  const config::Route* rendered = outcome.rendered ? &*outcome.rendered : nullptr;
  const std::int64_t enforced = observed.good ? observed.good_generation : observed.generation;
  const Verdict loaded = programmed(rendered, world.sidecar);
  api::RouteStatus status;
  status.key = observed.key;
  status.generation = observed.generation;
  status.conditions = {
      condition("Accepted", outcome.accepted, observed.generation, observed.previous, now),
      condition("ResolvedRefs", resolved_refs(observed, outcome.keys.problems), enforced, observed.previous, now),
      condition("Programmed", loaded, enforced, observed.previous, now)};
  if (rendered != nullptr) status.weights = render::weights_text(*rendered);
  if (world.sidecar) status.programmed = loaded.status == "True" ? "1/1" : "0/1";
  status.key_sets = outcome.keys.status;
  return status;
}

// The next moment at which a key of `route` expires.
void note_expiry(const config::Route& route, WallTime now, std::optional<WallTime>& again) {
  for (const config::AuthMethod& method : route.auth) {
    for (const config::KeySet& set : method.key_sets) {
      if (!set.expires) continue;
      const WallTime expiry{std::chrono::seconds(*set.expires)};
      if (expiry > now && (!again || expiry < *again)) again = expiry;
    }
  }
}

}  // namespace

Plan plan(const World& world, WallTime now) {
  const auto conflicts = find_conflicts(world.routes);
  Plan plan;
  plan.config.admin_token_digest = world.admin_token_digest;
  for (const ObservedRoute& observed : world.routes) {
    const auto lost = conflicts.find(observed.key);
    Outcome outcome = decide(observed, lost == conflicts.end() ? nullptr : &lost->second, world, now);
    plan.statuses.push_back(status_of(observed, outcome, world, now));
    if (!outcome.rendered) continue;
    note_expiry(*outcome.rendered, now, plan.again);
    plan.config.routes.push_back(std::move(*outcome.rendered));
  }
  std::sort(plan.config.routes.begin(), plan.config.routes.end(), [](const auto& a, const auto& b) {
    return std::tie(a.namespace_name, a.name) < std::tie(b.namespace_name, b.name);
  });
  plan.config.hash = config::config_hash(plan.config);
  return plan;
}

}  // namespace mlgateway::route
