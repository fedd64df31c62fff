#include "sidecar/auth/introspection.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "sidecar/auth/caller_claims.hpp"
#include "sidecar/auth/claim_match.hpp"
#include "sidecar/config/digest.hpp"
#include "sidecar/config/render.hpp"
#include "sidecar/jose/claims.hpp"

namespace mlgateway::auth {
namespace {

constexpr std::size_t kMostTokenBytes = 8u << 10;
// The provider has judged the dates by its own clock; ours may be a little behind it.
constexpr std::chrono::seconds kLeeway{30};

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// A value of application/x-www-form-urlencoded (RFC 6749 appendix B). %20 is as good as + and has one meaning.
std::string form_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return encoded;
}

std::string base64(std::string_view text) {
  std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  auto* const out = reinterpret_cast<unsigned char*>(encoded.data());
  encoded.resize(static_cast<std::size_t>(EVP_EncodeBlock(out, bytes, static_cast<int>(text.size()))));
  return encoded;
}

Error no_answer(std::string words) {
  return Error(Reason::IntrospectionUnavailable, "the provider's answer is none: " + std::move(words));
}

}  // namespace

std::shared_ptr<const IntrospectionRules> introspection_rules(const config::Route& route) {
  const auto method = std::find_if(route.auth.begin(), route.auth.end(),
                                   [](const config::AuthMethod& m) { return m.introspection.has_value(); });
  if (method == route.auth.end()) return nullptr;
  const auto index = static_cast<std::size_t>(method - route.auth.begin());
  const std::string named = "introspection " + config::to_hex(config::auth_digest(route));
  return std::make_shared<const IntrospectionRules>(
      IntrospectionRules{index, *method->introspection, route.authorization, config::sha256(named)});
}

bool may_be_introspected(std::string_view token) {
  if (token.empty() || token.size() > kMostTokenBytes) return false;
  token = token.substr(0, token.find_last_not_of('=') + 1);
  return !token.empty() &&
         std::all_of(token.begin(), token.end(), [](char c) { return is_unreserved(c) || c == '+' || c == '/'; });
}

IntrospectionRequest introspection_request(const config::Introspection& provider, std::string_view token) {
  IntrospectionRequest request{"", "token=" + form_encoded(token) + "&token_type_hint=access_token"};
  const std::string id = form_encoded(provider.client_id);
  const std::string secret = form_encoded(provider.client_secret);
  if (provider.authentication == config::ClientAuthentication::Post) {
    request.body += "&client_id=" + id + "&client_secret=" + secret;
  } else {
    request.authorization = "Basic " + base64(id + ":" + secret);
  }
  return request;
}

Verdict judge_introspection(std::string_view answer, const IntrospectionRules& rules, WallTime now) {
  const config::Introspection& provider = rules.provider;
  const auto claims = jose::read_claims(answer);
  if (!claims) return no_answer(claims.error().message);
  const auto active = claims->find("active");
  if (active == claims->end() || !active->is_boolean()) return no_answer("`active` is missing or no boolean");
  if (!active->get<bool>()) return Error(Reason::TokenInactive, "the provider says that the token is not active");
  const auto end = jose::check_introspected(*claims, {provider.issuer, provider.audiences, kLeeway}, now);
  if (!end) return end.error();
  auto identity = identify(*claims, {provider.issuer, provider.principal_claim, provider.tenant_claim,  //
                                     provider.label_claims});
  if (!identity) return identity.error();
  if (rules.authorization) (*identity)->rules_met = rules_met(*claims, *rules.authorization);
  (*identity)->method = rules.method;
  (*identity)->end = std::min(end->value_or(WallTime::max()), now + provider.remember);
  return IdentityPtr(std::move(*identity));
}

}  // namespace mlgateway::auth
