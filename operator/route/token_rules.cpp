#include "operator/route/token_rules.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "operator/api/value_rules.hpp"

namespace mlgateway::route {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

const std::string& text(const Json& value) { return value.get_ref<const std::string&>(); }

bool keys_are_given(const Json& jwks) {
  return jwks.contains("inline") || jwks.contains("secretRef") || jwks.contains("configMapRef");
}

}  // namespace

bool jwt_with_its_type(const Json& method) { return (method.at("type") == "JWT") == method.contains("jwt"); }

bool introspection_with_its_type(const Json& method) {
  return (method.at("type") == "Introspection") == method.contains("introspection");
}

bool one_introspection_at_most(const Json& methods) {
  return std::count_if(methods.begin(), methods.end(),
                       [](const Json& method) { return method.at("type") == "Introspection"; }) <= 1;
}

bool issuers_are_different(const Json& methods) {
  std::set<std::string> seen;
  return std::all_of(methods.begin(), methods.end(), [&](const Json& method) {
    return !method.contains("jwt") || seen.insert(text(method.at("jwt").at("issuer"))).second;
  });
}

bool keys_have_one_source(const Json& jwks) {
  return jwks.contains("url") + jwks.contains("inline") + jwks.contains("secretRef") + jwks.contains("configMapRef") <=
         1;
}

bool only_fetched_keys_are_refreshed(const Json& jwks) {
  return !keys_are_given(jwks) || !(jwks.contains("refresh") || jwks.contains("caConfigMapRef"));
}

// By https, or from this machine; what else is wrong with a URL, the schema and route/semantics see.
bool comes_safely(const Json& url) {
  std::string_view value = text(url);
  if (value.starts_with("https://")) return true;
  for (const std::string_view here : {"http://localhost", "http://127.0.0.1", "http://[::1]"}) {
    if (!value.starts_with(here)) continue;
    std::string_view rest = value.substr(here.size());
    const bool has_port = rest.size() > 1 && rest[0] == ':' && rest[1] >= '0' && rest[1] <= '9';
    if (has_port) rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
    if (rest.empty() || rest.front() == '/') return true;
  }
  return false;
}

bool discovered_issuer_can_be_asked(const Json& jwt) {
  const Json& jwks = jwt.at("jwks");
  return jwks.contains("url") || keys_are_given(jwks) || comes_safely(jwt.at("issuer"));
}

bool leeway_in_range(const Json& value) { return api::duration_between(value, 0ms, 10min); }
bool interval_in_range(const Json& value) { return api::duration_between(value, 10s, 24h); }
bool fetch_in_range(const Json& value) { return api::duration_between(value, 100ms, 1min); }
bool staleness_in_range(const Json& value) { return api::duration_between(value, 0ms, 168h); }

bool remembering_in_range(const Json& value) { return api::duration_between(value, 0ms, 1h); }
bool refusal_in_range(const Json& value) { return api::duration_between(value, 0ms, 1min); }

}  // namespace mlgateway::route
