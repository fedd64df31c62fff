// What an injection leaves in an annotation of the pod, so that another call finds it and adds nothing twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace mlgateway::webhook {

struct InjectionRecord {
  std::string version;            // of the operator that injected
  std::string pod;                // metadata.name then, empty where it was yet to be generated
  std::string secret;             // the workload's Secret
  std::string drain_token;        // what /drain asks for
  std::int64_t grace_before = 0;  // terminationGracePeriodSeconds as the user had it
  bool operator==(const InjectionRecord&) const = default;
};

std::string to_text(const InjectionRecord& record);

// From the pod's annotation; nothing where there is none or it is not what to_text writes.
std::optional<InjectionRecord> record_of(const nlohmann::json& pod);

}  // namespace mlgateway::webhook
