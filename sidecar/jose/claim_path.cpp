#include "sidecar/jose/claim_path.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace mlgateway::jose {
namespace {

using Json = nlohmann::json;

bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

}  // namespace

const Json* find_claim(const Json& claims, std::string_view path) {
  if (!path.starts_with('/')) {
    const auto found = claims.find(path);
    return found == claims.end() ? nullptr : &*found;
  }
  try {
    const Json::json_pointer pointer{std::string(path)};
    return claims.contains(pointer) ? &claims.at(pointer) : nullptr;
  } catch (const Json::exception&) {  // "~2", or an index that is none
    return nullptr;
  }
}

std::optional<std::string> label_of(const Json& claim, std::size_t most) {
  std::string text;
  if (claim.is_string()) {
    text = claim.get<std::string>();
  } else if (claim.is_number_integer() || claim.is_boolean()) {
    text = claim.dump();
  } else {
    return std::nullopt;
  }
  if (text.size() > most || !is_plain(text)) return std::nullopt;
  return text;
}

}  // namespace mlgateway::jose
