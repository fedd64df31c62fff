// What the references of a route's methods lead to: entries of Secrets and ConfigMaps of its namespace. Pure.
#pragma once

#include <string>
#include <vector>

#include "operator/api/mlroute.hpp"
#include "operator/route/keys.hpp"
#include "operator/route/world.hpp"

namespace mlgateway::route {

// Null when there is nothing that may be read; then there is a problem more: SecretNotFound, ConfigMapNotFound or
// RefNotPermitted. SecretInvalid or ConfigMapInvalid where an older version is read than the newest. The text is the
// route's or the world's. `source` is not of kind Remote.
const std::string* read_reference(const api::MLRoute& route, const std::string& method, const api::KeySource& source,
                                  const World& world, std::vector<KeyProblem>& problems);

// Certificates in PEM, or null and a problem: those of read_reference, or InvalidCertificate.
const std::string* read_authorities(const api::MLRoute& route, const std::string& method, const api::KeySource& source,
                                    const World& world, std::vector<KeyProblem>& problems);

}  // namespace mlgateway::route
