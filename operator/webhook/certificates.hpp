// The certificates that the operator makes for its webhooks, and what is due with them. Pure but for new keys.
//
// They are in one Secret that all replicas share. Nobody is without a certificate that the API server believes: a new
// authority is believed (it stands in the bundle) before a server shows anything of it, and the one before it is still
// believed afterwards.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "operator/webhook/authority.hpp"

namespace mlgateway::webhook {

struct Certificates {
  Pair authority;            // vouches for `serving`
  std::optional<Pair> next;  // will, as soon as everybody believes it
  std::string before;        // the certificate of the authority before; empty: there was none
  Pair serving;
  bool operator==(const Certificates&) const = default;
};

// What the API server is to trust.
std::string bundle_of(const Certificates& certificates);

// The `data` of the Secret, and back; nothing where it is not what to_data writes.
nlohmann::json to_data(const Certificates& certificates);
std::optional<Certificates> certificates_from(const nlohmann::json& data);

struct Wanted {
  std::vector<std::string> hosts;
  std::chrono::seconds lifetime;  // of a server's certificate; an authority is good for four times as long
};

// How long the bundle must have been the API server's before a new authority is used: every API server has heard then.
std::chrono::seconds settling(const Wanted& wanted);

// As they should be at `now`; what nothing is due with stays as it is. `published` tells for how long the API server's
// bundle has been that of `have`. Servers' certificates are renewed after two thirds of their life, authorities after
// half of theirs. Without `have`, or with an authority that is of no use any more, all are new.
Result<Certificates> renewed(const std::optional<Certificates>& have, const Wanted& wanted,
                             std::chrono::seconds published, WallTime now);

}  // namespace mlgateway::webhook
