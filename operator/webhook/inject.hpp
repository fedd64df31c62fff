// The injection of the sidecar into one pod. Pure: the same arguments, the same patch.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "operator/webhook/settings.hpp"

namespace mlgateway::webhook {

struct Candidate {
  nlohmann::json pod;            // as admitted: other webhooks may have changed it, and it may have been here before
  std::string namespace_name;    // of the request; the pod's own may still be empty
  bool namespace_asked = false;  // by its label, as the API server saw it
};

// Fresh for every call; both of lower-case letters and digits, from a source nobody can foretell.
struct Randoms {
  std::string pod_id;       // 10 characters
  std::string drain_token;  // 32 characters
};

struct Injection {
  enum class Outcome { Untouched, Patched, Refused };
  Outcome outcome = Outcome::Untouched;
  nlohmann::json patch = nlohmann::json::array();  // RFC 6902; empty unless Patched
  std::string reason;                              // Untouched: why; Refused: the field and what to do
  std::vector<std::string> warnings;               // for who applied the pod
};

// A pod in which nothing is missing (the call after a call) is Untouched; where something is, only that is added.
Injection inject(const Candidate& candidate, const Settings& settings, const Randoms& randoms);

}  // namespace mlgateway::webhook
