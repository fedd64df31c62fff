#include "operator/cluster/config_writer.hpp"

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "operator/api/json_fields.hpp"
#include "operator/cluster/nudge.hpp"
#include "operator/kube/json_text.hpp"
#include "operator/workload/config_secret.hpp"
#include "operator/workload/names.hpp"
#include "sidecar/base/log.hpp"
#include "sidecar/config/render.hpp"

namespace mlgateway::cluster {
namespace {

using kube::FaultKind;
using Json = nlohmann::json;

Json controller_of(const Json& object) {
  for (const Json& owner : api::member(object.at("metadata"), "ownerReferences")) {
    if (api::member(owner, "controller") == true) return owner;
  }
  return nullptr;
}

// A reference as we set it: it owns and does not control.
Json plain(const Json& reference) {
  return {{"apiVersion", reference.at("apiVersion")},
          {"kind", reference.at("kind")},
          {"name", reference.at("name")},
          {"uid", reference.at("uid")}};
}

Json pod_reference(const workload::Pod& pod) {
  return {{"apiVersion", "v1"}, {"kind", "Pod"}, {"name", pod.key.name}, {"uid", pod.uid}};
}

Withheld too_large(const std::string& secret, std::size_t size) {
  return {secret, "ConfigTooLarge",
          "the configuration in Secret '" + secret + "' would have " + std::to_string(size) + " bytes, the most is " +
              std::to_string(workload::kMostConfigBytes) + "; the last one that fitted stays"};
}

Withheld not_ours(const std::string& secret) {
  return {
      secret, "NameConflict",
      "there is a Secret '" + secret + "' which the operator did not make; it is left alone, and so is its workload"};
}

}  // namespace

ConfigWriter::ConfigWriter(const Caches& caches, ReportBook& reports, const Writer& writer,
                           std::function<void(const api::ObjectKey&)> ask)
    : caches_(caches), reports_(reports), writer_(writer), ask_(std::move(ask)) {}

Written ConfigWriter::write(const std::string& namespace_name, const std::vector<workload::Workload>& workloads,
                            const std::stop_token& stop) const {
  Written written;
  std::set<std::string> secrets;
  for (const workload::Workload& workload : workloads) {
    secrets.insert(workload.secret);
    const api::ObjectKey key{namespace_name, workload.secret};
    if (!write_secret(key, workload, stop, written)) continue;
    reports_.expect(key, workload.config.hash);
    nudge(workload, stop, written);
  }
  reports_.keep(namespace_name, secrets);
  return written;
}

kube::Reply<kube::Object> ConfigWriter::existing(const api::ObjectKey& key, const std::stop_token& stop) const {
  if (auto known = caches_.config_secret(key)) return known;
  // The cache has only what carries our label, and may be behind.
  auto found = writer_.send(kube::get(kube::kSecrets, key), stop);
  if (found) return std::make_shared<const Json>(std::move(*found));
  if (found.fault().kind == FaultKind::NotFound) return kube::Object();
  return found.fault();
}

kube::Reply<Json> ConfigWriter::owner(const workload::Workload& workload, const std::stop_token& stop) const {
  const workload::Pod& pod = workload.pods.front();
  if (pod.owner.is_null()) return pod_reference(pod);
  if (pod.owner.at("kind") != "ReplicaSet") return plain(pod.owner);
  // A ReplicaSet is one template of a Deployment; the configuration outlives it.
  const api::ObjectKey key{pod.key.namespace_name, pod.owner.at("name")};
  const auto set = writer_.send(kube::get(kube::kReplicaSets, key), stop);
  if (!set && set.fault().kind == FaultKind::NotFound) return Json();
  if (!set) return set.fault();
  const Json above = controller_of(*set);
  return plain(above.is_null() ? pod.owner : above);
}

bool ConfigWriter::write_secret(const api::ObjectKey& key, const workload::Workload& workload,
                                const std::stop_token& stop, Written& written) const {
  const auto fail = [&](const kube::Fault& fault) {
    written.faults.push_back(fault);
    return false;
  };
  const auto withhold = [&](Withheld withheld) {
    written.withheld.push_back(std::move(withheld));
    return false;
  };
  const std::string text = config::render(workload.config);
  if (text.size() > workload::kMostConfigBytes) return withhold(too_large(key.name, text.size()));
  const auto before = existing(key, stop);
  if (!before) return fail(before.fault());
  if (*before && !workload::is_ours(**before)) return withhold(not_ours(key.name));
  if (*before && workload::holds(**before, text)) return true;
  auto reference = *before ? kube::Reply<Json>(workload::owner_of(**before)) : owner(workload, stop);
  if (!reference) return fail(reference.fault());
  Json secret = workload::config_secret(key, text, *reference);
  // Planned from this version: what somebody wrote since is looked at first.
  if (*before) secret["metadata"]["resourceVersion"] = kube::version_of(**before);
  const auto applied = writer_.send(kube::apply(kube::kSecrets, secret, workload::kManager, kube::Force::Yes), stop);
  if (!applied) return fail(applied.fault());
  log::info("configuration written", {{"secret", to_string(key)},
                                      {"routes", workload.config.routes.size()},
                                      {"quotas", workload.config.quotas.size()},
                                      {"hash", workload.config.hash}});
  return true;
}

void ConfigWriter::nudge(const workload::Workload& workload, const std::stop_token& stop, Written& written) const {
  for (const workload::Pod& pod : workload.pods) {
    if (pod.leaving || pod.nudge.starts_with(workload.config.hash)) continue;
    const auto patched = writer_.send(cluster::nudge(pod.key, workload.config.hash), stop);
    // A pod that is gone needs no nudge.
    if (!patched && patched.fault().kind != FaultKind::NotFound) written.faults.push_back(patched.fault());
    ask_(pod.key);
  }
}

}  // namespace mlgateway::cluster
