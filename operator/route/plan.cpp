#include "operator/route/plan.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "operator/api/programmed.hpp"
#include "operator/quota/decide.hpp"
#include "operator/quota/status.hpp"
#include "operator/render/render.hpp"
#include "operator/route/certificates.hpp"
#include "operator/route/conditions.hpp"
#include "operator/route/conflicts.hpp"
#include "operator/route/introspections.hpp"
#include "operator/route/keys.hpp"
#include "operator/route/token_keys.hpp"
#include "sidecar/config/check.hpp"
#include "sidecar/config/render.hpp"

namespace mlgateway::route {
namespace {

using RouteNames = std::set<api::ObjectKey>;

// What was decided on one route.
struct Outcome {
  api::Verdict accepted;
  Keys keys;
  std::vector<api::TokenKeyStatus> token_keys;
  std::optional<api::CertificateStatus> certificate;
  std::optional<config::Route> rendered;
};

// The quotas in force, as the routes that they limit need them.
class Quotas {
 public:
  explicit Quotas(const std::vector<quota::Outcome>& outcomes) : names_(quota::by_route(outcomes)) {
    for (const quota::Outcome& outcome : outcomes) {
      if (outcome.rendered) by_namespace_[outcome.rendered->namespace_name].push_back(*outcome.rendered);
    }
  }

  void limit(config::Route& route) const {
    const auto names = names_.find({route.namespace_name, route.name});
    if (names != names_.end()) render::limit(route, names->second, by_namespace_.at(route.namespace_name));
  }

 private:
  std::map<api::ObjectKey, std::vector<std::string>> names_;
  std::map<std::string, std::vector<config::Quota>> by_namespace_;
};

// Empty: nothing. What nobody could enforce is not accepted.
std::string beyond_reach(const api::MLRoute& route, const World& world) {
  if (world.has_pods) return "";
  for (const api::VersionSpec& version : route.versions) {
    if (version.pods) return "version '" + version.name + "' has a podSelector, and there are no pods here: use `url`";
  }
  return "";
}

Outcome decide(const ObservedRoute& observed, const Conflict* conflict, const World& world, const Quotas& quotas,
               WallTime now) {
  Outcome outcome{accepted(observed, conflict), {}, {}, {}, std::nullopt};
  if (!observed.good) return outcome;
  outcome.keys = collect_keys(*observed.good, world.secrets, now);
  TokenKeys tokens = collect_token_keys(*observed.good, world);
  outcome.token_keys = std::move(tokens.status);
  std::move(tokens.problems.begin(), tokens.problems.end(), std::back_inserter(outcome.keys.problems));
  RouteCertificate certificate = collect_certificate(*observed.good, world.secrets, now);
  outcome.certificate = certificate.status;
  std::move(certificate.problems.begin(), certificate.problems.end(), std::back_inserter(outcome.keys.problems));
  Introspections asked = collect_introspections(*observed.good, world);
  std::move(asked.problems.begin(), asked.problems.end(), std::back_inserter(outcome.keys.problems));
  if (conflict != nullptr) return outcome;
  if (std::string words = beyond_reach(*observed.good, world); !words.empty()) {
    outcome.accepted = {"False", "UnsupportedValue", std::move(words)};
    return outcome;
  }
  config::Route rendered =
      render::render(*observed.good, observed.good_generation, outcome.keys.by_method, std::move(tokens.by_method),
                     std::move(asked.by_method), std::move(certificate.rendered));
  // The last guard: whatever the schema let through, one route can never make the sidecars refuse the whole file. The
  // quotas have been guarded by themselves.
  config::GatewayConfig alone;
  alone.routes = {rendered};
  if (auto checked = config::check(alone); !checked) {
    outcome.accepted = {"False", "UnsupportedValue", "the sidecars would refuse it: " + checked.error().message};
    return outcome;
  }
  quotas.limit(rendered);
  outcome.rendered = std::move(rendered);
  return outcome;
}

api::RouteStatus status_of(const ObservedRoute& observed, const Outcome& outcome, const World& world, WallTime now) {
  const std::int64_t enforced = observed.good ? observed.good_generation : observed.generation;
  std::optional<api::Loaded> planned;
  if (outcome.rendered) planned = api::as_loaded(*outcome.rendered);
  const api::Verdict loaded = api::programmed(planned, world.sidecar, &api::SidecarReport::routes);
  const auto stated = [&](const char* type, api::Verdict verdict, std::int64_t generation) {
    return api::condition(type, std::move(verdict), generation, observed.previous, now);
  };
  api::RouteStatus status;
  status.key = observed.key;
  status.generation = observed.generation;
  status.conditions = {stated("Accepted", outcome.accepted, observed.generation),
                       stated("ResolvedRefs", resolved_refs(observed, outcome.keys.problems), enforced),
                       stated("Programmed", loaded, enforced)};
  if (outcome.rendered) status.weights = render::weights_text(*outcome.rendered);
  if (world.sidecar) status.programmed = loaded.status == "True" ? "1/1" : "0/1";
  status.key_sets = outcome.keys.status;
  status.token_keys = outcome.token_keys;
  status.certificate = outcome.certificate;
  return status;
}

void note(WallTime expiry, WallTime now, std::optional<WallTime>& again) {
  if (expiry > now && (!again || expiry < *again)) again = expiry;
}

// The next moment at which a key of `route` expires.
void note_expiry(const config::Route& route, WallTime now, std::optional<WallTime>& again) {
  for (const config::AuthMethod& method : route.auth) {
    for (const config::KeySet& set : method.key_sets) {
      if (!set.expires) continue;
      note(WallTime{std::chrono::seconds(*set.expires)}, now, again);
    }
  }
}

RouteNames names_of(const std::vector<ObservedRoute>& routes) {
  RouteNames names;
  for (const ObservedRoute& route : routes) names.insert(route.key);
  return names;
}

// Adds the routes to the plan; the result are those in force that no sidecar runs yet.
RouteNames plan_routes(const World& world, const Quotas& quotas, WallTime now, Plan& plan) {
  const auto conflicts = find_conflicts(world.routes);
  RouteNames lagging;
  for (const ObservedRoute& observed : world.routes) {
    const auto lost = conflicts.find(observed.key);
    Outcome outcome = decide(observed, lost == conflicts.end() ? nullptr : &lost->second, world, quotas, now);
    plan.statuses.push_back(status_of(observed, outcome, world, now));
    if (!outcome.rendered) continue;
    if (plan.statuses.back().programmed == "0/1") lagging.insert(observed.key);
    note_expiry(*outcome.rendered, now, plan.again);
    if (outcome.certificate) note(outcome.certificate->not_after, now, plan.again);
    plan.config.routes.push_back(std::move(*outcome.rendered));
  }
  return lagging;
}

template <class Rendered>
void sort_by_name(std::vector<Rendered>& items) {
  std::sort(items.begin(), items.end(), [](const Rendered& a, const Rendered& b) {
    return std::tie(a.namespace_name, a.name) < std::tie(b.namespace_name, b.name);
  });
}

}  // namespace

Plan plan(const World& world, WallTime now) {
  Plan plan;
  plan.config.admin_token_digest = world.admin_token_digest;
  const auto quotas = quota::decide(world.quotas, names_of(world.routes));
  const RouteNames lagging = plan_routes(world, Quotas(quotas), now, plan);
  for (std::size_t i = 0; i < quotas.size(); ++i) {
    plan.quota_statuses.push_back(quota::status_of(world.quotas[i], quotas[i], lagging, world.sidecar, now));
    if (quotas[i].rendered) plan.config.quotas.push_back(*quotas[i].rendered);
  }
  sort_by_name(plan.config.quotas);
  sort_by_name(plan.config.routes);
  plan.config.hash = config::config_hash(plan.config);
  return plan;
}

}  // namespace mlgateway::route
