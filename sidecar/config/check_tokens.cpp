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
constexpr std::size_t kMaxClaim = 256;
constexpr std::size_t kMaxAuthorities = 256u << 10;
constexpr Milliseconds kDay = std::chrono::hours(24);
constexpr Milliseconds kMostLeeway = std::chrono::minutes(10);

// The name of a claim, or a JSON Pointer to a nested one.
bool is_claim(std::string_view path) {
  if (path.starts_with('/')) return is_json_pointer(path, kMaxClaim);
  return !path.empty() && is_text(path, kMaxClaim);
}

template <class T>
bool has_duplicates(const std::vector<T>& items) {
  return std::set<T>(items.begin(), items.end()).size() < items.size();
}

void check_remote_keys(const RemoteKeys& remote, const Place& where, FirstFault& fault) {
  const auto url = jose::parse_url(remote.url);
  fault.unless(url.has_value(), where / "url", "must be an http or https URL");
  fault.unless(!url || jose::is_trustworthy(*url), where / "url", "must be https, or http from this machine");
  fault.unless_between<std::int64_t>(1'000, kDay.count(), where / "intervalMs", remote.interval.count());
  fault.unless_between<std::int64_t>(0, 7 * kDay.count(), where / "staleWhileErrorMs",
                                     remote.stale_while_error.count());
  fault.unless_between<std::int64_t>(100, 60'000, where / "timeoutMs", remote.timeout.count());
  const bool is_pem = remote.ca.find("-----BEGIN CERTIFICATE-----") != std::string::npos;
  fault.unless(remote.ca.empty() || (is_pem && remote.ca.size() <= kMaxAuthorities), where / "ca",
               "must be empty or certificates in PEM, at most 256 KiB");
}

}  // namespace

void check_token_rules(const TokenRules& rules, const Place& where, FirstFault& fault) {
  fault.unless(is_visible(rules.issuer, kMaxIssuer), where / "issuer", "must be 1 to 512 visible characters");
  const Place audiences = where / "audiences";
  fault.unless_between<std::size_t>(1, 16, audiences, rules.audiences.size());
  fault.unless(!has_duplicates(rules.audiences), audiences, "must not name one twice");
  for (std::size_t i = 0; i < rules.audiences.size(); ++i) {
    const bool good = !rules.audiences[i].empty() && is_text(rules.audiences[i], kMaxAudience);
    fault.unless(good, audiences[i], "must be text of 1 to 256 bytes");
  }
  const Place algorithms = where / "algorithms";
  fault.unless(!rules.algorithms.empty(), algorithms, "must name at least one");
  fault.unless(!has_duplicates(rules.algorithms), algorithms, "must not name one twice");
  fault.unless_between<std::int64_t>(0, kMostLeeway.count(), where / "leewayMs", rules.leeway.count());
  fault.unless(is_claim(rules.principal_claim), where / "principalClaim", "must be a claim's name or a JSON Pointer");
  const bool has_tenant = !rules.tenant_claim.empty();
  fault.unless(!has_tenant || is_claim(rules.tenant_claim), where / "tenantClaim",
               "must be empty, a claim's name or a JSON Pointer");
  const Place labels = where / "labelClaims";
  check_labels(rules.label_claims, labels, fault);
  for (const auto& [label, claim] : rules.label_claims) {
    fault.unless(is_claim(claim), labels / label, "must be a claim's name or a JSON Pointer");
  }
  const auto keys = jose::read_key_set(rules.keys);
  if (!keys) fault.add(where / "keys", keys.error().message);
  if (!rules.remote) return;
  fault.unless(!keys || keys->keys.empty(), where / "keys", "must have no keys where they are fetched");
  check_remote_keys(*rules.remote, where / "remote", fault);
}

}  // namespace mlgateway::config
