// Which version answers: pure functions of the route, the request, the caller and one random number.
#pragma once

#include <span>
#include <string_view>

#include "sidecar/auth/permission.hpp"
#include "sidecar/auth/principal.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/http/message.hpp"

namespace mlgateway::split {

// 1. The version named in the path (`path_version`, empty when none), else the first override whose fields are all
//    there (names without case, values exact). The caller needs every one of the route's override_labels, else
//    OverrideNotAllowed (asked first, so that nobody can find out names); VersionNotFound when the route has no such
//    version. Of the permission he needs the version's bits: NotAuthorized, OverrideNotAllowed; those of a name that
//    the route does not have come before VersionNotFound. The weight does not matter here: a version of weight 0 can be
//    tested so. Path and override disagreeing, the path wins.
// 2. The sticky hash: by principal, or by the header's (first, non-empty) value. An anonymous caller or a request
//    without the header has none.
// 3. `random01`, in [0, 1).
// 2 and 3 fall into the cumulative weights, in list order, of the versions that the permission has; weight 0 is never
// chosen; all 0: NoVersionAvailable.
// The pointer is into the route.
Result<const config::Version*> choose(const config::Route& route, std::string_view path_version,
                                      std::span<const http::Field> fields, const auth::Principal& principal,
                                      double random01, const auth::Permission& permission = {});

// Where a caller stands in [0, 1) for this route: the same in every sidecar, for every release. Hashes the parts with
// their lengths, so that no two lists of parts are the same bytes.
double position(const config::Route& route, std::span<const std::string_view> parts);

// The version at that position of the cumulative weights of those whose bits are set; null when all of these are 0.
const config::Version* at(const config::Route& route, double position, std::uint32_t versions = auth::Permission::kAll);

}  // namespace mlgateway::split
