#include "sidecar/http/trailer.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "sidecar/http/field_id.hpp"

namespace mlgateway::http {
namespace {

constexpr std::string_view kOwnPrefix = "x-mlgateway-";

// Beside all that have a FieldId: request modifiers, authentication, response control and content descriptions.
constexpr auto kForbidden = std::to_array<std::string_view>({
    "accept-encoding",
    "age",
    "allow",
    "authentication-info",
    "cache-control",
    "content-language",
    "content-location",
    "content-range",
    "cookie",
    "expires",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "location",
    "max-forwards",
    "pragma",
    "range",
    "retry-after",
    "set-cookie",
    "vary",
    "warning",
    "www-authenticate",
    "x-api-key",
    "x-http-method-override",
});

}  // namespace

bool may_be_trailer(const Field& field) {
  if (field.id != FieldId::Other || imitates_known_field(field.name)) return false;
  if (equals_ignoring_case(field.name.substr(0, kOwnPrefix.size()), kOwnPrefix)) return false;
  return std::none_of(kForbidden.begin(), kForbidden.end(),
                      [&](std::string_view name) { return equals_ignoring_case(field.name, name); });
}

void append_trailers_except(std::string& out, std::string_view trailers, std::span<const std::string> names) {
  while (!trailers.empty()) {
    const std::string_view line = trailers.substr(0, trailers.find('\n') + 1);
    const std::string_view name = line.substr(0, line.find(':'));
    const auto same = [&](const std::string& each) { return reads_alike(each, name); };
    if (std::none_of(names.begin(), names.end(), same)) out.append(line);
    trailers.remove_prefix(line.size());
  }
}

}  // namespace mlgateway::http
