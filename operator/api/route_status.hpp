// The status of an MLRoute: what is really enforced.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "operator/api/condition.hpp"
#include "operator/api/object_key.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::api {

// An entry of a Secret that opens nothing, and why: WeakKey, DuplicateKey, MalformedKey, MalformedDigest,
// MalformedExpiry.
struct RefusedEntry {
  std::string entry;
  std::string reason;
  bool operator==(const RefusedEntry&) const = default;
};

struct KeySetStatus {
  std::string secret;
  std::int64_t keys = 0;
  std::int64_t expired = 0;
  std::vector<RefusedEntry> refused;
  bool operator==(const KeySetStatus&) const = default;
};

// The keys that the tokens of a method are verified with.
struct TokenKeyStatus {
  std::string method;
  std::int64_t keys = 0;
  std::int64_t unused = 0;  // of the key set: for other purposes, of unknown types, or broken
  bool operator==(const TokenKeyStatus&) const = default;
};

// What a route is served with by TLS.
struct CertificateStatus {
  std::string secret;
  WallTime not_after{};  // its last moment
  bool operator==(const CertificateStatus&) const = default;
};

struct RouteStatus {
  ObjectKey key;
  std::int64_t generation = 0;
  Conditions conditions;
  std::string weights;     // "v1=95,v2=5"; empty: nothing is in force
  std::string programmed;  // "1/1"; empty: not observed
  std::vector<KeySetStatus> key_sets;
  std::vector<TokenKeyStatus> token_keys;
  std::optional<CertificateStatus> certificate = {};
  bool operator==(const RouteStatus&) const = default;
};

// As `status` stands in the object.
nlohmann::json to_json(const RouteStatus& status);

}  // namespace mlgateway::api
