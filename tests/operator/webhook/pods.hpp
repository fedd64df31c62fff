// Pods as an API server sends them to a webhook.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "operator/webhook/inject.hpp"

namespace mlgateway::webhook {

inline nlohmann::json deployment_pod() {
  return nlohmann::json::parse(R"({
    "apiVersion": "v1", "kind": "Pod",
    "metadata": {
      "generateName": "iris-5d4f8c7b9-", "labels": {"app": "iris", "pod-template-hash": "5d4f8c7b9"},
      "ownerReferences": [
        {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "iris-5d4f8c7b9", "controller": true}]},
    "spec": {
      "containers": [{"name": "model", "image": "m:1", "ports": [{"name": "http", "containerPort": 8080}]}],
      "initContainers": [{"name": "fetch", "image": "f:1"}],
      "volumes": [{"name": "models", "emptyDir": {}}],
      "terminationGracePeriodSeconds": 30}})");
}

inline nlohmann::json bare_pod() {
  return nlohmann::json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "iris"},
    "spec": {"containers": [{"name": "model", "image": "m:1"}]}})");
}

inline Settings settings() {
  Settings settings;
  settings.image = "registry/mlgateway:1";
  return settings;
}

inline Randoms randoms(char fill = 'a') { return {std::string(10, fill), std::string(32, fill)}; }

// In a namespace that asked.
inline Candidate candidate(nlohmann::json pod) { return {std::move(pod), "models", true}; }

inline nlohmann::json patched(const nlohmann::json& pod, const Injection& injection) {
  return pod.patch(injection.patch);
}

}  // namespace mlgateway::webhook
