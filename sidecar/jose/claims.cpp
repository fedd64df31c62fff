#include "sidecar/jose/claims.hpp"

#include <algorithm>
#include <optional>

#include "sidecar/jose/strict_json.hpp"

namespace mlgateway::jose {
namespace {

using Json = nlohmann::json;

constexpr JsonBounds kBounds{.depth = 16, .members = 512};
// The end of the year 9999. Beyond it somebody counts milliseconds, or tries what overflows.
constexpr double kLastSecond = 253402300799.0;
// The clock's own unit ends in 2262; what is later than this is as good as for ever.
constexpr double kFarAway = 9'000'000'000.0;

Error invalid(std::string words) { return Error(Reason::TokenClaimsInvalid, std::move(words)); }

// Whole milliseconds, rounded down.
std::optional<WallTime> date_of(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const double seconds = value.get<double>();
  if (!(seconds >= 0 && seconds <= kLastSecond)) return std::nullopt;
  return WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(std::min(seconds, kFarAway) * 1000)));
}

// Ok when the claim is absent, or a date that has come.
Status has_come(const Json& claims, const char* name, WallTime latest) {
  const auto claim = claims.find(name);
  if (claim == claims.end()) return Done{};
  const auto date = date_of(*claim);
  if (!date) return invalid("`" + std::string(name) + "` is not a date");
  if (*date > latest) return Error(Reason::TokenNotYetValid, "`" + std::string(name) + "` is still to come");
  return Done{};
}

bool names(const Json& audience, const std::vector<std::string>& wanted) {
  const std::string* const text = audience.get_ptr<const std::string*>();
  return text != nullptr && std::find(wanted.begin(), wanted.end(), *text) != wanted.end();
}

Status check_audience(const Json& claims, const std::vector<std::string>& wanted) {
  const Error mismatch(Reason::TokenAudienceMismatch, "`aud` names none of the audiences");
  const auto claim = claims.find("aud");
  if (claim == claims.end()) return mismatch;
  if (claim->is_string()) return names(*claim, wanted) ? Status(Done{}) : mismatch;
  const auto is_text = [](const Json& item) { return item.is_string(); };
  if (!claim->is_array() || !std::all_of(claim->begin(), claim->end(), is_text)) {
    return invalid("`aud` is neither a string nor a list of strings");
  }
  const bool one = std::any_of(claim->begin(), claim->end(), [&](const Json& item) { return names(item, wanted); });
  return one ? Status(Done{}) : mismatch;
}

}  // namespace

Result<Json> read_claims(std::string_view payload) {
  auto claims = read_object(payload, kBounds, Reason::TokenMalformed);
  if (!claims) return Error(Reason::TokenMalformed, "the payload " + claims.error().message);
  return claims;
}

std::string issuer_of(const Json& claims) {
  const std::string* const issuer = text_member(claims, "iss");
  return issuer ? *issuer : std::string();
}

Result<WallTime> check_claims(const Json& claims, const ClaimRules& rules, WallTime now) {
  if (issuer_of(claims) != rules.issuer) return Error(Reason::TokenIssuerUnknown, "`iss` is another one");
  if (const Status checked = check_audience(claims, rules.audiences); !checked) return checked.error();
  const auto claim = claims.find("exp");
  const auto expires = claim == claims.end() ? std::nullopt : date_of(*claim);
  if (!expires) return invalid("`exp` is missing or not a date");
  const WallTime end = *expires + rules.leeway;
  if (now >= end) return Error(Reason::CredentialExpired, "`exp` is over");
  for (const char* name : {"nbf", "iat"}) {
    if (const Status checked = has_come(claims, name, now + rules.leeway); !checked) return checked.error();
  }
  return end;
}

Result<std::optional<WallTime>> check_introspected(const Json& claims, const ClaimRules& rules, WallTime now) {
  if (claims.contains("iss") && issuer_of(claims) != rules.issuer) {
    return Error(Reason::TokenIssuerUnknown, "`iss` is another one");
  }
  if (!rules.audiences.empty()) {
    if (const Status checked = check_audience(claims, rules.audiences); !checked) return checked.error();
  }
  if (const Status checked = has_come(claims, "nbf", now + rules.leeway); !checked) return checked.error();
  const auto claim = claims.find("exp");
  if (claim == claims.end()) return std::optional<WallTime>();
  const auto end = date_of(*claim);
  if (!end) return invalid("`exp` is not a date");
  if (now >= *end) return Error(Reason::CredentialExpired, "`exp` is over");
  return end;
}

}  // namespace mlgateway::jose
