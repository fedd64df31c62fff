#include "operator/webhook/decide.hpp"

#include <exception>

#include "operator/api/json_fields.hpp"
#include "operator/quota/semantics.hpp"
#include "operator/route/plan.hpp"
#include "operator/route/semantics.hpp"

namespace mlgateway::webhook {
namespace {

Verdict refusal(std::string message) {
  Verdict verdict;
  verdict.allowed = false;
  verdict.message = std::move(message);
  return verdict;
}

template <class Object>
api::Observed<Object> observed(Object object) {
  api::Observed<Object> seen;
  seen.key = object.key;
  seen.generation = seen.good_generation = 1;
  seen.good = std::move(object);
  return seen;
}

// What the plan says of the one object of a world without keys and other objects; nothing when it is in force.
schema::Faults refusal_by_plan(const route::World& world) {
  const route::Plan plan = route::plan(world, WallTime{});
  const api::Conditions& conditions =
      world.routes.empty() ? plan.quota_statuses.front().conditions : plan.statuses.front().conditions;
  for (const api::Condition& condition : conditions) {
    if (condition.type == "Accepted" && condition.status == "False") return {{"spec", condition.message}};
  }
  return {};
}

schema::Faults faults_of(const ReviewRequest& request) {
  nlohmann::json object = request.object;
  // An object that is only being made may say its namespace in the request alone.
  object.at("metadata").emplace("namespace", request.namespace_name);
  route::World world;
  world.has_pods = true;
  schema::Faults faults;
  if (request.kind == "MLRoute") {
    const api::MLRoute route = api::mlroute_from(object);
    faults = route::check_semantics(route);
    world.routes = {observed(route)};
  } else {
    const api::MLQuota quota = api::mlquota_from(object);
    faults = quota::check_semantics(quota);
    world.quotas = {observed(quota)};
  }
  return faults.empty() ? refusal_by_plan(world) : faults;
}

Verdict verdict_on(const schema::Faults& faults) {
  Verdict verdict;
  for (const schema::Fault& fault : faults) {
    verdict.allowed = false;
    verdict.message += (verdict.message.empty() ? "" : "; ") + fault.path + ": " + fault.words;
    verdict.causes.push_back({fault.path, fault.words});
  }
  return verdict;
}

}  // namespace

Verdict mutate(const ReviewRequest& request, bool namespace_asked, const Settings& settings, const Randoms& randoms) {
  if (request.kind != "Pod" || request.operation != "CREATE") return {};
  Injection injection = inject({request.object, request.namespace_name, namespace_asked}, settings, randoms);
  if (injection.outcome == Injection::Outcome::Refused) return refusal(injection.reason);
  Verdict verdict;
  verdict.patch = std::move(injection.patch);
  verdict.warnings = std::move(injection.warnings);
  return verdict;
}

Verdict validate(const ReviewRequest& request) {
  if (request.kind != "MLRoute" && request.kind != "MLQuota") return {};
  if (request.operation != "CREATE" && request.operation != "UPDATE") return {};
  const bool spec_stays =
      request.old_object.is_object() && api::member(request.old_object, "spec") == api::member(request.object, "spec");
  if (spec_stays) return {};
  try {
    return verdict_on(faults_of(request));
  } catch (const std::exception&) {
    // The API server has checked the schema before it asks; the CRD in the cluster is another than this program's.
    return refusal("the object is not as this operator's " + request.kind.substr(0, 40) +
                   " schema says; update the CRDs with the chart");
  }
}

}  // namespace mlgateway::webhook
