// The directives of Cache-Control (RFC 9111 5.2), of all fields of that name together. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "sidecar/http/message.hpp"

namespace mlgateway::cache {

// What an unknown directive says is passed over, a malformed one up to the next comma.
struct CacheControl {
  bool no_store = false;
  bool no_cache = false;    // also with a list of fields: nothing here can leave out single fields
  bool is_private = false;  // the same
  bool only_if_cached = false;
  // What is no number counts as 0, the smallest counts where there are several.
  std::optional<std::chrono::seconds> max_age;
  std::optional<std::chrono::seconds> s_maxage;
};

CacheControl cache_control_of(const http::Fields& fields);

// A number of seconds; what does not fit is cut to 2^31 (RFC 9111 1.2.2). None for anything else.
std::optional<std::chrono::seconds> delta_seconds(std::string_view text);

}  // namespace mlgateway::cache
