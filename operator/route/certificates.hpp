// From a Secret of type kubernetes.io/tls to what a route is served with, and what is wrong with it. Pure.
//
// A route that should have a certificate and cannot is served to nobody: never in the clear instead.
#pragma once

#include <optional>
#include <vector>

#include "operator/api/mlroute.hpp"
#include "operator/api/route_status.hpp"
#include "operator/route/keys.hpp"
#include "operator/route/world.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::route {

struct RouteCertificate {
  std::optional<config::Certificate> rendered;  // none: the route wants none; without PEM: there is none to be had
  std::optional<api::CertificateStatus> status;
  std::vector<KeyProblem> problems;  // RefNotPermitted, SecretNotFound, InvalidCertificateRef, CertificateExpired
};

// `secrets` are sorted by key.
RouteCertificate collect_certificate(const api::MLRoute& route, const std::vector<ObservedSecret>& secrets,
                                     WallTime now);

}  // namespace mlgateway::route
