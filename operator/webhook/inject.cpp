#include "operator/webhook/inject.hpp"

#include <algorithm>

#include "operator/api/json_fields.hpp"
#include "operator/webhook/gateway_container.hpp"
#include "operator/webhook/injection_record.hpp"
#include "operator/webhook/names.hpp"
#include "operator/webhook/overrides.hpp"
#include "operator/webhook/pod_patch.hpp"
#include "operator/webhook/refusals.hpp"
#include "operator/webhook/workload.hpp"
#include "operator/workload/names.hpp"

namespace mlgateway::webhook {
namespace {

using api::member;
using Json = nlohmann::json;
using Pointer = Json::json_pointer;
using Outcome = Injection::Outcome;

// What Kubernetes gives a pod that says nothing.
constexpr std::int64_t kDefaultGrace = 30;

Injection untouched(std::string why) { return {Outcome::Untouched, Json::array(), std::move(why), {}}; }
Injection refused(std::string why) { return {Outcome::Refused, Json::array(), std::move(why), {}}; }

// Why the pod is none of ours; empty: it asked. The API server's selectors should have seen to it: a selector that was
// edited by hand must still not reach what keeps the cluster alive.
std::string not_ours(const Candidate& candidate, const Settings& settings) {
  if (candidate.namespace_name == "kube-system") return "pods of kube-system are never touched";
  if (candidate.namespace_name == settings.operator_namespace)
    return "pods of the operator's namespace are never touched";
  const Json& metadata = candidate.pod.at("metadata");
  if (member(metadata, "annotations").contains("kubernetes.io/config.mirror")) return "a static pod is the kubelet's";
  const Json& label = member(member(metadata, "labels"), kInjectLabel);
  if (label == kEnabled) return "";
  if (label == kDisabled) return "the pod asked for no gateway";
  return candidate.namespace_asked ? "" : "neither pod nor namespace asked for a gateway";
}

std::string label_fault(const Json& pod) {
  const Json& label = member(member(pod.at("metadata"), "labels"), kInjectLabel);
  if (label.is_null() || label == kEnabled || label == kDisabled) return "";
  return std::string("metadata.labels[") + kInjectLabel + "]: must be enabled or disabled, is '" +
         label.get<std::string>() + "'";
}

InjectionRecord record_for(const Candidate& candidate, const std::optional<InjectionRecord>& before,
                           const Randoms& randoms) {
  const Json& pod = candidate.pod;
  const Json& name = member(pod.at("metadata"), "name");
  const Json& grace = member(pod.at("spec"), "terminationGracePeriodSeconds");
  InjectionRecord record{MLGATEWAY_VERSION, name.is_string() ? name.get<std::string>() : "",
                         secret_name(workload_of(pod), candidate.namespace_name, randoms.pod_id), randoms.drain_token,
                         grace.is_null() ? kDefaultGrace : grace.get<std::int64_t>()};
  if (!before) return record;
  record.drain_token = before->drain_token;
  record.grace_before = before->grace_before;
  // A bare pod that was written off another one's manifest must not share its Secret.
  if (workload_of(pod).bare() && before->pod == record.pod) record.secret = before->secret;
  return record;
}

bool waits_for_drain(const Settings& settings, const std::string& container) {
  const auto& chosen = settings.model_containers;
  return chosen.empty() || std::find(chosen.begin(), chosen.end(), container) != chosen.end();
}

// A model gets its SIGTERM at once, a native sidecar only when the model has gone: the model must wait for the sidecar.
void add_hooks(PodPatch& patch, const Settings& settings, const std::string& token,
               std::vector<std::string>& warnings) {
  const Json hook = drain_hook(settings, token);
  const Json containers = patch.pod().at("spec").at("containers");
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const std::string name = containers[i].at("name");
    if (!waits_for_drain(settings, name)) continue;
    const Json& own = member(member(containers[i], "lifecycle"), "preStop");
    const bool ours = member(member(own, "httpGet"), "path") == hook["httpGet"]["path"];
    if (own.is_null() || ours) {
      patch.set("/spec/containers"_json_pointer / i / "lifecycle" / "preStop", hook);
      continue;
    }
    warnings.push_back("container " + name.substr(0, 40) +
                       " keeps its preStop hook; let it wait for the gateway's /drain");
  }
}

void warn_of_unknown_containers(const Json& pod, const Settings& settings, std::vector<std::string>& warnings) {
  const Json& containers = pod.at("spec").at("containers");
  for (const std::string& name : settings.model_containers) {
    const bool known = std::any_of(containers.begin(), containers.end(), [&](auto& c) { return c.at("name") == name; });
    if (!known) warnings.push_back("model-containers names " + name.substr(0, 40) + ", which the pod does not have");
  }
}

// A grace of zero is a wish to be killed at once.
void raise_grace(PodPatch& patch, const Settings& settings, std::int64_t before) {
  const Pointer grace = "/spec/terminationGracePeriodSeconds"_json_pointer;
  if (before > 0) patch.set(grace, before + drain_seconds(settings));
}

Injection inject_into(const Candidate& candidate, const Settings& settings,
                      const std::optional<InjectionRecord>& before, const Randoms& randoms) {
  const InjectionRecord record = record_for(candidate, before, randoms);
  PodPatch patch(candidate.pod);
  Injection injection;
  patch.put("/spec/initContainers"_json_pointer, gateway_container(settings, record.drain_token),
            PodPatch::Where::Front);
  patch.put("/spec/volumes"_json_pointer, config_volume(record.secret), PodPatch::Where::End);
  patch.put("/spec/volumes"_json_pointer, state_volume(), PodPatch::Where::End);
  add_hooks(patch, settings, record.drain_token, injection.warnings);
  raise_grace(patch, settings, record.grace_before);
  patch.set("/metadata/labels"_json_pointer / workload::kInjectedLabel, "true");
  patch.set("/metadata/annotations"_json_pointer / workload::kInjectionAnnotation, to_text(record));
  warn_of_unknown_containers(candidate.pod, settings, injection.warnings);
  if (patch.operations().empty()) return untouched("nothing is missing");
  injection.outcome = Outcome::Patched;
  injection.patch = patch.operations();
  return injection;
}

}  // namespace

Injection inject(const Candidate& candidate, const Settings& settings, const Randoms& randoms) {
  const Json& pod = candidate.pod;
  if (const std::string fault = shape_fault(pod); !fault.empty()) return refused(fault);
  if (const std::string why = not_ours(candidate, settings); !why.empty()) return untouched(why);
  if (const std::string fault = label_fault(pod); !fault.empty()) return refused(fault);
  const auto wanted = overridden(settings, member(pod.at("metadata"), "annotations"));
  if (!wanted) return refused(wanted.error().message);
  const auto before = record_of(pod);
  if (const std::string why = refusal(pod, *wanted, before.has_value()); !why.empty()) return refused(why);
  return inject_into(candidate, *wanted, before, randoms);
}

}  // namespace mlgateway::webhook
