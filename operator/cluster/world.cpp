#include "operator/cluster/world.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "operator/api/json_fields.hpp"
#include "operator/api/timestamp.hpp"
#include "operator/kube/json_text.hpp"
#include "operator/quota/semantics.hpp"
#include "operator/route/semantics.hpp"
#include "sidecar/base/log.hpp"

namespace mlgateway::cluster {
namespace {

using api::member;
using Json = nlohmann::json;

schema::Faults faults_of(const api::MLRoute& route) { return route::check_semantics(route); }
schema::Faults faults_of(const api::MLQuota& quota) { return quota::check_semantics(quota); }

template <class Object, class From>
api::Observed<Object> observed(const Json& object, const From& from) {
  const Json& metadata = object.at("metadata");
  api::Observed<Object> result;
  result.key = kube::key_of(object);
  result.generation = metadata.value("generation", std::int64_t{1});
  result.created = api::parse_timestamp(metadata.value("creationTimestamp", "")).value_or(WallTime());
  result.previous = api::conditions_from(member(object, "status"));
  try {
    Object typed = from(object);
    for (const schema::Fault& fault : faults_of(typed)) result.faults.push_back(fault.path + ": " + fault.words);
    if (!result.faults.empty()) return result;
    result.good = std::move(typed);
    result.good_generation = result.generation;
  } catch (const std::exception&) {
    result.faults = {"the object does not follow the schema of this version; apply it again"};
  }
  return result;
}

// What lists leave out where it is empty.
Json with_all_members(Json object) {
  for (const char* name : {"labels", "annotations"}) {
    if (!object["metadata"].contains(name)) object["metadata"][name] = Json::object();
  }
  for (const char* name : {"data", "stringData"}) {
    if (!object.contains(name)) object[name] = Json::object();
  }
  return object;
}

template <class From>
auto readable(const Json& object, const From& from) -> std::optional<decltype(from(object))> {
  try {
    return from(with_all_members(object));
  } catch (const std::exception&) {
    log::warn("object cannot be read", {{"object", to_string(kube::key_of(object))}});
    return std::nullopt;
  }
}

}  // namespace

route::World world_of(const Objects& objects) {
  route::World world;
  world.has_pods = true;
  for (const auto& object : objects.routes) {
    world.routes.push_back(observed<api::MLRoute>(*object, api::mlroute_from));
  }
  for (const auto& object : objects.quotas) {
    world.quotas.push_back(observed<api::MLQuota>(*object, api::mlquota_from));
  }
  for (const auto& object : objects.secrets) {
    if (auto secret = readable(*object, api::secret_from)) world.secrets.push_back({std::move(*secret), ""});
  }
  for (const auto& object : objects.config_maps) {
    if (auto map = readable(*object, api::config_map_from)) world.config_maps.push_back({std::move(*map), ""});
  }
  return world;
}

std::vector<workload::Pod> pods_of(const Objects& objects) {
  std::vector<workload::Pod> pods;
  for (const auto& object : objects.pods) {
    if (auto pod = workload::pod_from(*object)) pods.push_back(std::move(*pod));
  }
  return pods;
}

std::vector<workload::PlainPod> plain_pods_of(const Objects& objects) {
  std::vector<workload::PlainPod> plain;
  for (const auto& object : objects.pods) {
    if (auto pod = workload::plain_pod_from(*object)) plain.push_back(std::move(*pod));
  }
  return plain;
}

}  // namespace mlgateway::cluster
