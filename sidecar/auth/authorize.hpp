// What a caller may do: a route's rules, judged for one principal.
#pragma once

#include "sidecar/auth/permission.hpp"
#include "sidecar/auth/principal.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::auth {

// Pure. For each version the first rule that fits the caller and the operation decides, and where none fits, he may
// not; a route without rules lets every principal do everything. A mode of DryRun makes no difference here.
Permission authorize(const config::Route& route, const Principal& principal, config::Operation operation);

// The error for somebody whose Permission has no versions: NotAuthorized, and in its message, for the log alone, the
// rule that said no.
Error refusal(const config::Route& route, const Principal& principal, config::Operation operation);

}  // namespace mlgateway::auth
