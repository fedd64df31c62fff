// Something a person should notice about an object (events.k8s.io/v1).
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace mlgateway::kube {

// The object an event is about: apiVersion, kind, namespace, name, uid, resourceVersion.
nlohmann::json reference_to(const nlohmann::json& object);

struct Event {
  nlohmann::json regarding;  // a reference
  std::string type;          // "Normal" or "Warning"
  std::string reason;        // CamelCase, from a fixed set
  std::string action;        // CamelCase verb, from a fixed set
  std::string note;          // for people; cut at 1024 bytes. Never a credential
};

// Who speaks: "mlgateway.io/operator", and the pod's name.
struct Reporter {
  std::string controller;
  std::string instance;
};

}  // namespace mlgateway::kube
