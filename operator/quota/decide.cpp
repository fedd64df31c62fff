#include "operator/quota/decide.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <tuple>
#include <utility>

#include "operator/render/render.hpp"
#include "sidecar/config/check.hpp"

namespace mlgateway::quota {
namespace {

// The order in which quotas take their places: the oldest first, then by name.
std::vector<std::size_t> by_age(const std::vector<api::ObservedQuota>& quotas) {
  std::vector<std::size_t> order(quotas.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(quotas[a].created, quotas[a].key) < std::tie(quotas[b].created, quotas[b].key);
  });
  return order;
}

// How many quotas each route has already.
class Places {
 public:
  // The target that has no place left; none: the quota has taken one on each.
  std::optional<std::string> take(const std::string& space, const std::vector<std::string>& targets) {
    for (const std::string& name : targets) {
      if (taken_[{space, name}] >= kMostQuotas) return name;
    }
    for (const std::string& name : targets) ++taken_[{space, name}];
    return std::nullopt;
  }

 private:
  std::map<api::ObjectKey, std::size_t> taken_;
};

Outcome decide_one(const api::ObservedQuota& observed, const std::set<api::ObjectKey>& routes, Places& places) {
  Outcome outcome{api::accepted(observed), {}, std::nullopt};
  if (!observed.good) return outcome;
  outcome.targets = find_targets(*observed.good, routes);
  config::Quota rendered = render::render(*observed.good, observed.good_generation);
  // The last guard: whatever the schema let through, one quota can never make the sidecars refuse the whole file.
  config::GatewayConfig alone;
  alone.quotas = {rendered};
  if (auto checked = config::check(alone); !checked) {
    outcome.accepted = {"False", "UnsupportedValue", "the sidecars would refuse it: " + checked.error().message};
    return outcome;
  }
  if (const auto full = places.take(observed.key.namespace_name, outcome.targets.found)) {
    outcome.accepted = {"False", "TooManyQuotas",
                        "MLRoute '" + *full + "' has " + std::to_string(kMostQuotas) +
                            " older quotas, which is the most; nothing of this one is in force"};
    return outcome;
  }
  outcome.rendered = std::move(rendered);
  return outcome;
}

}  // namespace

std::vector<Outcome> decide(const std::vector<api::ObservedQuota>& quotas, const std::set<api::ObjectKey>& routes) {
  std::vector<Outcome> outcomes(quotas.size());
  Places places;
  for (const std::size_t i : by_age(quotas)) outcomes[i] = decide_one(quotas[i], routes, places);
  return outcomes;
}

std::map<api::ObjectKey, std::vector<std::string>> by_route(const std::vector<Outcome>& outcomes) {
  std::map<api::ObjectKey, std::vector<std::string>> names;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.rendered) continue;
    for (const std::string& route : outcome.targets.found) {
      names[{outcome.rendered->namespace_name, route}].push_back(outcome.rendered->name);
    }
  }
  for (auto& [route, quotas] : names) std::sort(quotas.begin(), quotas.end());
  return names;
}

}  // namespace mlgateway::quota
