#include "operator/route/introspections.hpp"

#include <algorithm>
#include <string>

#include "operator/route/reference.hpp"

namespace mlgateway::route {
namespace {

constexpr std::size_t kMostSecretBytes = 1024;

// Without the line break that files and people put at the end.
std::string trimmed(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

bool is_usable(const std::string& secret) {
  return !secret.empty() && secret.size() <= kMostSecretBytes &&
         std::all_of(secret.begin(), secret.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

config::Introspection introspection_of(const api::MLRoute& route, const api::MethodSpec& method, const World& world,
                                       std::vector<KeyProblem>& problems) {
  const api::IntrospectionSpec& spec = *method.introspection;
  config::Introspection made = spec.provider;
  const std::string* const secret = read_reference(route, method.name, spec.secret, world, problems);
  const std::string* const authorities =
      spec.authorities ? read_authorities(route, method.name, *spec.authorities, world, problems) : nullptr;
  if (secret != nullptr) made.client_secret = trimmed(*secret);
  if (authorities != nullptr) made.ca = *authorities;
  const bool usable = is_usable(made.client_secret);
  if (secret != nullptr && !usable) {
    problems.push_back({"InvalidClientSecret", "method '" + method.name + "': Secret entry '" + spec.secret.name + "/" +
                                                   spec.secret.entry + "' is not 1 to 1024 printable characters"});
  }
  if (usable && (!spec.authorities || authorities != nullptr)) return made;
  made.url.clear();
  made.client_secret.clear();
  return made;
}

}  // namespace

Introspections collect_introspections(const api::MLRoute& route, const World& world) {
  Introspections collected;
  for (const api::MethodSpec& method : route.methods) {
    auto& made = collected.by_method.emplace_back();
    if (method.introspection) made = introspection_of(route, method, world, collected.problems);
  }
  return collected;
}

}  // namespace mlgateway::route
