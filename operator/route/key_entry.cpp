#include "operator/route/key_entry.hpp"

#include <algorithm>

#include "operator/route/keys.hpp"
#include "sidecar/config/digest.hpp"

namespace mlgateway::route {

std::variant<config::Digest, std::string> read_key_entry(std::string_view value) {
  while (value.ends_with('\n') || value.ends_with('\r')) value.remove_suffix(1);
  constexpr std::string_view kDigestPrefix = "sha256:";
  if (value.starts_with(kDigestPrefix)) {
    const auto digest = config::digest_from_hex(value.substr(kDigestPrefix.size()));
    if (!digest) return "MalformedDigest";
    return *digest;
  }
  if (value.size() < kLeastKeyBytes) return "WeakKey";
  const bool visible = std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!visible || value.size() > kMostKeyBytes) return "MalformedKey";
  return config::sha256(value);
}

}  // namespace mlgateway::route
