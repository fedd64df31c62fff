#include "sidecar/jose/discovery.hpp"

#include "sidecar/jose/strict_json.hpp"
#include "sidecar/jose/url.hpp"

namespace mlgateway::jose {
namespace {

constexpr JsonBounds kBounds{.depth = 8, .members = 512};

Error refusal(std::string words) { return Error(Reason::InvalidConfig, "the discovery document " + std::move(words)); }

}  // namespace

std::string discovery_url(std::string_view issuer) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);
  return std::string(issuer) + "/.well-known/openid-configuration";
}

Result<std::string> jwks_uri(std::string_view document, std::string_view issuer) {
  const auto read = read_object(document, kBounds, Reason::InvalidConfig);
  if (!read) return refusal(read.error().message);
  const std::string* const stated = text_member(*read, "issuer");
  if (stated == nullptr || *stated != issuer) return refusal("is of another issuer");
  const std::string* const address = text_member(*read, "jwks_uri");
  const auto url = address ? parse_url(*address) : std::nullopt;
  if (!url) return refusal("has no usable `jwks_uri`");
  if (!is_trustworthy(*url)) return refusal("names keys that come without TLS");
  return *address;
}

}  // namespace mlgateway::jose
