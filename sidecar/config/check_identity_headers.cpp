#include <algorithm>
#include <array>
#include <set>

#include "sidecar/config/check_route.hpp"
#include "sidecar/config/syntax.hpp"

namespace mlgateway::config {
namespace {

// What HTTP or the gateway itself says to the model, and what may hold a caller's credential.
constexpr std::array<std::string_view, 21> kTaken = {
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "x-request-id",
};

bool may_tell(std::string_view name) {
  return is_lower_token(name, 256) && std::find(kTaken.begin(), kTaken.end(), name) == kTaken.end();
}

bool carries_credentials(const Route& route, std::string_view name) {
  return std::any_of(route.auth.begin(), route.auth.end(), [&](const AuthMethod& method) {
    return std::any_of(method.headers.begin(), method.headers.end(),
                       [&](const KeyHeader& header) { return header.name == name; });
  });
}

}  // namespace

void check_identity_headers(const Route& route, const Place& where, FirstFault& fault) {
  const Place headers = where / "identityHeaders";
  fault.unless_between<std::size_t>(0, 8, headers, route.identity_headers.size());
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < route.identity_headers.size(); ++i) {
    const std::string& name = route.identity_headers[i].name;
    const Place header = headers[i];
    const Place place = header / "name";
    fault.unless(may_tell(name), place,
                 "must be the lower-case name of a field that neither HTTP nor the gateway needs");
    fault.unless(names.insert(name).second, place, "is there twice");
    fault.unless(!carries_credentials(route, name), place, "carries credentials to this route");
  }
  // The model may answer each caller differently.
  const bool shares = route.cache && route.cache->scope != CacheScope::Principal;
  fault.unless(!shares || route.identity_headers.empty(), where / "cache" / "scope",
               "must be Principal where the model is told who calls");
}

}  // namespace mlgateway::config
