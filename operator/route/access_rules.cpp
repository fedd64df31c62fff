#include "operator/route/access_rules.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace mlgateway::route {
namespace {

using Json = nlohmann::json;

bool has_named(const Json& items, const Json& name) {
  return std::any_of(items.begin(), items.end(), [&](const Json& item) { return item.at("name") == name; });
}

}  // namespace

bool access_names_versions(const Json& spec) {
  if (!spec.at("auth").contains("authorization")) return true;
  for (const Json& rule : spec.at("auth").at("authorization").at("rules")) {
    if (!rule.contains("versions")) continue;
    for (const Json& name : rule.at("versions")) {
      if (!has_named(spec.at("versions"), name)) return false;
    }
  }
  return true;
}

bool access_names_methods(const Json& auth) {
  if (!auth.contains("authorization")) return true;
  for (const Json& rule : auth.at("authorization").at("rules")) {
    if (!rule.contains("principals")) continue;
    for (const Json& principal : rule.at("principals")) {
      if (principal.contains("method") && !has_named(auth.at("methods"), principal.at("method"))) return false;
    }
  }
  return true;
}

bool told_answers_are_kept_apart(const Json& spec) {
  return !spec.at("auth").contains("identityHeaders") || !spec.contains("cache") ||
         spec.at("cache").at("scope") == "Principal";
}

bool identity_carries_no_credential(const Json& auth) {
  if (!auth.contains("identityHeaders")) return true;
  for (const Json& told : auth.at("identityHeaders")) {
    for (const Json& method : auth.at("methods")) {
      for (const char* type : {"apiKey", "jwt", "introspection"}) {
        if (method.contains(type) && has_named(method.at(type).at("headers"), told.at("name"))) return false;
      }
    }
  }
  return true;
}

bool identity_header_is_free(const Json& name) {
  constexpr std::array kTaken = {"authorization",
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
                                 "x-request-id"};
  return std::none_of(kTaken.begin(), kTaken.end(), [&](const char* taken) { return name == taken; });
}

bool claim_has_one_test(const Json& claim) {
  return claim.contains("equals") + claim.contains("contains") + claim.contains("oneOf") + claim.contains("prefix") ==
         1;
}

}  // namespace mlgateway::route
