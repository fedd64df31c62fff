// Points in time as manifests and status write them: RFC 3339.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sidecar/base/clock.hpp"

namespace mlgateway::api {

// "2031-02-28T09:00:00Z", with an optional fraction and with Z or an offset; none for anything else.
std::optional<WallTime> parse_timestamp(std::string_view text);

// In UTC and whole seconds, as Kubernetes writes metav1.Time.
std::string format_timestamp(WallTime time);

}  // namespace mlgateway::api
