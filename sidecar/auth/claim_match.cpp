#include "sidecar/auth/claim_match.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "sidecar/jose/claim_path.hpp"

namespace mlgateway::auth {
namespace {

using nlohmann::json;

constexpr std::size_t kMostBytes = 1024;

bool is(const json& claim, const std::string& value) { return jose::label_of(claim, kMostBytes) == value; }

bool has_word(std::string_view text, std::string_view word) {
  if (word.find(' ') != std::string_view::npos) return false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (text.substr(0, end) == word) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

bool contains(const json& claim, const std::string& value) {
  if (claim.is_string()) return has_word(claim.get_ref<const std::string&>(), value);
  return claim.is_array() && std::any_of(claim.begin(), claim.end(), [&](const json& item) { return is(item, value); });
}

bool meets(const json& claim, config::ClaimTest test, const std::string& value) {
  switch (test) {
    case config::ClaimTest::Equals:
    case config::ClaimTest::OneOf: return is(claim, value);
    case config::ClaimTest::Contains: return contains(claim, value);
    case config::ClaimTest::Prefix: return claim.is_string() && claim.get_ref<const std::string&>().starts_with(value);
  }
  return false;
}

}  // namespace

bool meets(const json& claims, const config::ClaimMatch& match) {
  const json* const claim = jose::find_claim(claims, match.claim);
  return claim != nullptr && std::any_of(match.values.begin(), match.values.end(),
                                         [&](const std::string& value) { return meets(*claim, match.test, value); });
}

std::uint32_t rules_met(const json& claims, const config::Authorization& authorization) {
  std::uint32_t met = 0;
  for (std::size_t i = 0; i < authorization.rules.size(); ++i) {
    const auto& wanted = authorization.rules[i].claims;
    const bool all = std::all_of(wanted.begin(), wanted.end(), [&](const auto& match) { return meets(claims, match); });
    if (all) met |= std::uint32_t{1} << i;
  }
  return met;
}

}  // namespace mlgateway::auth
