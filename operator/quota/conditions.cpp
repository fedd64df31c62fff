#include "operator/quota/conditions.hpp"

#include <string>
#include <vector>

#include "operator/api/programmed.hpp"

namespace mlgateway::quota {

api::Verdict resolved_refs(const api::ObservedQuota& quota, const Targets& targets) {
  if (!quota.good) return {"Unknown", "NotAccepted", "the quota has no generation whose references could be resolved"};
  if (!targets.missing.empty()) {
    std::vector<std::string> sentences;
    for (const std::string& name : targets.missing) sentences.push_back("there is no MLRoute '" + name + "'");
    return {"False", "TargetNotFound", api::joined(sentences)};
  }
  if (targets.found.empty()) return {"False", "NoTargets", "the namespace has no MLRoute that could be limited"};
  return {"True", "ResolvedRefs", "all that the quota refers to is there"};
}

api::Verdict programmed(const Outcome& outcome, const std::set<api::ObjectKey>& lagging,
                        const std::optional<api::SidecarReport>& sidecar) {
  std::optional<api::Loaded> planned;
  if (outcome.rendered) planned = api::as_loaded(*outcome.rendered);
  api::Verdict verdict = api::programmed(planned, sidecar, &api::SidecarReport::quotas);
  if (verdict.status != "True") return verdict;
  for (const std::string& name : outcome.targets.found) {
    if (!lagging.contains({planned->key.namespace_name, name})) continue;
    return {"False", "NotLoaded", "the sidecar does not run MLRoute '" + name + "' with it yet"};
  }
  return verdict;
}

}  // namespace mlgateway::quota
