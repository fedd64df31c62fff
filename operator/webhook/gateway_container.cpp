#include "operator/webhook/gateway_container.hpp"

#include <nlohmann/json.hpp>

#include "operator/webhook/names.hpp"
#include "operator/workload/names.hpp"

namespace mlgateway::webhook {
namespace {

using Json = nlohmann::json;

Json probe(const char* path, std::uint16_t port, int period_seconds, int failures) {
  return {{"httpGet", {{"path", path}, {"port", port}, {"scheme", "HTTP"}}},
          {"periodSeconds", period_seconds},
          {"timeoutSeconds", 2},
          {"failureThreshold", failures}};
}

Json arguments(const Settings& settings) {
  const auto everywhere = [](std::uint16_t port) { return "0.0.0.0:" + std::to_string(port); };
  const auto seconds = [](std::uint32_t count) { return std::to_string(count) + "s"; };
  return {"--config",
          kConfigPath,
          "--state",
          kStatePath,
          "--listen",
          everywhere(settings.ports.data),
          "--admin",
          everywhere(settings.ports.admin),
          "--workers",
          std::to_string(settings.workers),
          "--log-level",
          settings.log_level,
          "--propagation-delay",
          seconds(settings.propagation_delay_seconds),
          "--drain-timeout",
          seconds(settings.drain_timeout_seconds)};
}

Json ports(const Ports& numbers) {
  const auto port = [](const char* name, std::uint16_t number) {
    return Json{{"name", name}, {"containerPort", number}, {"protocol", "TCP"}};
  };
  return Json::array({port(workload::kDataPort, numbers.data), port(workload::kAdminPort, numbers.admin),
                      port(kPeerPort, numbers.peer)});
}

Json resources(const Resources& values) {
  Json all = Json::object();
  const auto put = [&](const char* kind, const char* resource, const std::string& quantity) {
    if (!quantity.empty()) all[kind][resource] = quantity;
  };
  put("requests", "cpu", values.cpu_request);
  put("requests", "memory", values.memory_request);
  put("limits", "cpu", values.cpu_limit);
  put("limits", "memory", values.memory_limit);
  return all;
}

Json security_context(std::int64_t user) {
  return {{"runAsNonRoot", true},
          {"runAsUser", user},
          {"runAsGroup", user},
          {"privileged", false},
          {"allowPrivilegeEscalation", false},
          {"readOnlyRootFilesystem", true},
          {"capabilities", {{"drop", Json::array({"ALL"})}}},
          {"seccompProfile", {{"type", "RuntimeDefault"}}}};
}

}  // namespace

Json gateway_container(const Settings& settings, const std::string& drain_token) {
  const std::uint16_t admin = settings.ports.admin;
  return {{"name", kContainer},
          {"image", settings.image},
          {"imagePullPolicy", settings.image_pull_policy},
          {"restartPolicy", "Always"},
          // The image holds the operator as well.
          {"command", Json::array({"mlgateway-sidecar"})},
          {"args", arguments(settings)},
          {"env", Json::array({{{"name", kDrainTokenVariable}, {"value", drain_token}}})},
          {"ports", ports(settings.ports)},
          // Not /readyz: that waits for the model, and the model is started only after this probe has succeeded.
          {"startupProbe", probe("/healthz", admin, 1, 60)},
          {"livenessProbe", probe("/healthz", admin, 10, 3)},
          {"readinessProbe", probe("/readyz", admin, 2, 2)},
          {"resources", resources(settings.resources)},
          {"securityContext", security_context(settings.user)},
          {"volumeMounts",
           {{{"name", kConfigVolume}, {"mountPath", kConfigPath}, {"readOnly", true}},
            {{"name", kStateVolume}, {"mountPath", kStatePath}}}}};
}

Json config_volume(const std::string& secret) {
  const Json labels = {{"path", "labels"}, {"fieldRef", {{"apiVersion", "v1"}, {"fieldPath", "metadata.labels"}}}};
  // Readable by all, since the sidecar's user owns no file of it; only a container that mounts the volume sees it.
  return {{"name", kConfigVolume},
          {"projected",
           {{"defaultMode", 0444},
            {"sources",
             {{{"secret", {{"name", secret}, {"optional", true}}}},
              {{"downwardAPI", {{"items", Json::array({labels})}}}}}}}}};
}

Json state_volume() { return {{"name", kStateVolume}, {"emptyDir", {{"sizeLimit", "64Mi"}}}}; }

Json drain_hook(const Settings& settings, const std::string& drain_token) {
  return {{"httpGet",
           {{"path", "/drain"},
            {"port", settings.ports.admin},
            {"scheme", "HTTP"},
            {"httpHeaders", Json::array({{{"name", "Authorization"}, {"value", "Bearer " + drain_token}}})}}}};
}

std::int64_t drain_seconds(const Settings& settings) {
  return std::int64_t{settings.propagation_delay_seconds} + settings.drain_timeout_seconds;
}

}  // namespace mlgateway::webhook
