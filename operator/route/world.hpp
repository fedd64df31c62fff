// Everything a plan is made from, gathered once: the objects, what the sidecars run, what status said before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "operator/api/condition.hpp"
#include "operator/api/mlroute.hpp"
#include "operator/api/secret.hpp"
#include "operator/api/sidecar_report.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::route {

// An MLRoute with its history: the newest generation, and the one that may be enforced.
struct ObservedRoute {
  api::ObjectKey key;
  std::int64_t generation = 0;       // of the newest, good or not
  std::vector<std::string> faults;   // why the newest cannot be enforced; empty: it can
  std::vector<std::string> notes;    // what else is odd about it, though it is in force
  std::optional<api::MLRoute> good;  // the newest good one; none: there never was one
  std::int64_t good_generation = 0;
  WallTime created;          // the older of two routes wins a conflict
  api::Conditions previous;  // as status has them now
};

// A Secret; `fault` says why a newer version of it is not the one used.
struct ObservedSecret {
  api::Secret secret;
  std::string fault;
};

struct World {
  std::vector<ObservedRoute> routes;          // each key once
  std::vector<ObservedSecret> secrets;        // each key once, sorted by key
  std::optional<api::SidecarReport> sidecar;  // none: nobody is asked
  std::optional<config::Digest> admin_token_digest;
};

}  // namespace mlgateway::route
