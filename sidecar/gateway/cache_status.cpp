#include "sidecar/gateway/cache_status.hpp"

#include <algorithm>
#include <chrono>

namespace mlgateway::gateway {
namespace {

using observe::CacheState;

std::string whole_seconds(std::chrono::nanoseconds duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration).count();
  return std::to_string(std::max<std::int64_t>(seconds, 0));
}

// RFC 9211 2.2: why the request went on to the model.
std::string_view forwarded_because(const Recall& recall) {
  if (recall.wishes.no_store || recall.wishes.no_cache) return "request";
  return *recall.state == CacheState::Bypass ? "bypass" : "miss";
}

}  // namespace

void append_cache_status(std::string& fields, const Recall& recall, Instant now) {
  fields.append("cache-status: mlgateway");
  if (*recall.state == CacheState::Hit) {
    fields.append("; hit; ttl=").append(whole_seconds(recall.kept->expires - now)).append("\r\n");
    fields.append("age: ").append(whole_seconds(now - recall.kept->made)).append("\r\n");
    return;
  }
  fields.append("; fwd=").append(forwarded_because(recall));
  if (*recall.state == CacheState::Collapsed) fields.append("; collapsed");
  if (recall.kept_by_this) fields.append("; stored");
  fields.append("\r\n");
}

}  // namespace mlgateway::gateway
