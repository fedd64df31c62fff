#include <algorithm>
#include <set>

#include "sidecar/config/check_route.hpp"
#include "sidecar/config/syntax.hpp"
#include "sidecar/jose/key_set.hpp"
#include "sidecar/jose/url.hpp"

namespace mlgateway::config {
namespace {

constexpr std::size_t kMaxIssuer = 512;
constexpr std::size_t kMaxAudience = 256;
constexpr std::size_t kMaxAuthorities = 256u << 10;
constexpr Milliseconds kDay = std::chrono::hours(24);
constexpr Milliseconds kMostRemembered = std::chrono::hours(1);
constexpr Milliseconds kMostLeeway = std::chrono::minutes(10);

template <class T>
bool has_duplicates(const std::vector<T>& items) {
  return std::set<T>(items.begin(), items.end()).size() < items.size();
}

// Whatever else a provider might take, these can be written down and read again.
bool is_printable(std::string_view text) {
  return !text.empty() && text.size() <= 1024 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void check_url(const std::string& text, const Place& where, FirstFault& fault) {
  const auto url = jose::parse_url(text);
  fault.unless(url.has_value(), where, "must be an http or https URL");
  fault.unless(!url || jose::is_trustworthy(*url), where, "must be https, or http from this machine");
}

void check_authorities(const std::string& ca, const Place& where, FirstFault& fault) {
  const bool is_pem = ca.find("-----BEGIN CERTIFICATE-----") != std::string::npos;
  fault.unless(ca.empty() || (is_pem && ca.size() <= kMaxAuthorities), where,
               "must be empty or certificates in PEM, at most 256 KiB");
}

void check_issuer(const std::string& issuer, const Place& where, FirstFault& fault) {
  fault.unless(is_visible(issuer, kMaxIssuer), where, "must be 1 to 512 visible characters");
}

void check_audiences(const std::vector<std::string>& audiences, std::size_t least, const Place& where,
                     FirstFault& fault) {
  fault.unless_between<std::size_t>(least, 16, where, audiences.size());
  fault.unless(!has_duplicates(audiences), where, "must not name one twice");
  for (std::size_t i = 0; i < audiences.size(); ++i) {
    const bool good = !audiences[i].empty() && is_text(audiences[i], kMaxAudience);
    fault.unless(good, where[i], "must be text of 1 to 256 bytes");
  }
}

// What TokenRules and Introspection have in common.
template <class Rules>
void check_claims(const Rules& rules, const Place& where, FirstFault& fault) {
  fault.unless(is_claim(rules.principal_claim), where / "principalClaim", "must be a claim's name or a JSON Pointer");
  const bool has_tenant = !rules.tenant_claim.empty();
  fault.unless(!has_tenant || is_claim(rules.tenant_claim), where / "tenantClaim",
               "must be empty, a claim's name or a JSON Pointer");
  const Place labels = where / "labelClaims";
  check_labels(rules.label_claims, labels, fault);
  for (const auto& [label, claim] : rules.label_claims) {
    fault.unless(is_claim(claim), labels / label, "must be a claim's name or a JSON Pointer");
  }
}

void check_remote_keys(const RemoteKeys& remote, const Place& where, FirstFault& fault) {
  check_url(remote.url, where / "url", fault);
  fault.unless_between<std::int64_t>(1'000, kDay.count(), where / "intervalMs", remote.interval.count());
  fault.unless_between<std::int64_t>(0, 7 * kDay.count(), where / "staleWhileErrorMs",
                                     remote.stale_while_error.count());
  fault.unless_between<std::int64_t>(100, 60'000, where / "timeoutMs", remote.timeout.count());
  check_authorities(remote.ca, where / "ca", fault);
}

}  // namespace

void check_token_rules(const TokenRules& rules, const Place& where, FirstFault& fault) {
  check_issuer(rules.issuer, where / "issuer", fault);
  check_audiences(rules.audiences, 1, where / "audiences", fault);
  const Place algorithms = where / "algorithms";
  fault.unless(!rules.algorithms.empty(), algorithms, "must name at least one");
  fault.unless(!has_duplicates(rules.algorithms), algorithms, "must not name one twice");
  fault.unless_between<std::int64_t>(0, kMostLeeway.count(), where / "leewayMs", rules.leeway.count());
  check_claims(rules, where, fault);
  const auto keys = jose::read_key_set(rules.keys);
  if (!keys) fault.add(where / "keys", keys.error().message);
  if (!rules.remote) return;
  fault.unless(!keys || keys->keys.empty(), where / "keys", "must have no keys where they are fetched");
  check_remote_keys(*rules.remote, where / "remote", fault);
}

void check_introspection(const Introspection& asked, const Place& where, FirstFault& fault) {
  check_issuer(asked.issuer, where / "issuer", fault);
  if (!asked.url.empty()) check_url(asked.url, where / "url", fault);
  fault.unless(is_printable(asked.client_id), where / "clientId", "must be 1 to 1024 printable characters");
  fault.unless(asked.url.empty() || is_printable(asked.client_secret), where / "clientSecret",
               "must be 1 to 1024 printable characters");
  check_audiences(asked.audiences, 0, where / "audiences", fault);
  fault.unless_between<std::int64_t>(100, 60'000, where / "timeoutMs", asked.timeout.count());
  fault.unless_between<std::int64_t>(0, kMostRemembered.count(), where / "rememberMs", asked.remember.count());
  fault.unless_between<std::int64_t>(0, 60'000, where / "rememberRefusedMs", asked.remember_refused.count());
  check_authorities(asked.ca, where / "ca", fault);
  check_claims(asked, where, fault);
}

}  // namespace mlgateway::config
