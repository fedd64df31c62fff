#include "sidecar/jose/key_set.hpp"

#include "sidecar/jose/strict_json.hpp"

namespace mlgateway::jose {
namespace {

// Room for certificates in x5c and for members of the server's own.
constexpr JsonBounds kBounds{.depth = 8, .members = 64 * kMostKeys};

Error refusal(std::string words) { return Error(Reason::InvalidConfig, "the key set " + std::move(words)); }

}  // namespace

Result<KeySet> read_key_set(std::string_view text) {
  if (text.size() > kMostKeySetBytes) return refusal("has more than " + std::to_string(kMostKeySetBytes) + " bytes");
  const auto document = read_object(text, kBounds, Reason::InvalidConfig);
  if (!document) return refusal(document.error().message);
  const auto keys = document->find("keys");
  if (keys == document->end() || !keys->is_array()) return refusal("has no list `keys`");
  if (keys->size() > kMostKeys) return refusal("has more than " + std::to_string(kMostKeys) + " keys");
  KeySet set;
  for (std::size_t i = 0; i < keys->size(); ++i) {
    const std::string place = "keys[" + std::to_string(i) + "]";
    auto read = read_jwk((*keys)[i]);
    if (!read) return refusal("is refused: " + place + " " + read.error().message);
    if (auto* const usable = std::get_if<Jwk>(&*read)) {
      set.keys.push_back(std::move(*usable));
    } else {
      set.unusable.push_back(place + ": " + std::get<Unusable>(*read).words);
    }
  }
  return set;
}

}  // namespace mlgateway::jose
