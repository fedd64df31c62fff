#include "operator/route/conditions.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace mlgateway::route {
namespace {

std::string_view weightiest(const std::vector<KeyProblem>& problems) {
  constexpr std::array<std::string_view, 10> kByWeight = {
      "RefNotPermitted",  "SecretNotFound", "ConfigMapNotFound",  "SecretInvalid",      "InvalidCertificateRef",
      "ConfigMapInvalid", "InvalidKeySet",  "InvalidCertificate", "CertificateExpired", "InvalidKeys"};
  for (const std::string_view reason : kByWeight) {
    if (std::any_of(problems.begin(), problems.end(), [&](const auto& p) { return p.reason == reason; })) return reason;
  }
  return problems.front().reason;
}

}  // namespace

api::Verdict accepted(const api::ObservedRoute& route, const Conflict* conflict) {
  if (conflict != nullptr) {
    return {"False", "RouteConflict", conflict->claim + " belongs to the older MLRoute " + to_string(conflict->winner)};
  }
  return api::accepted(route);
}

api::Verdict resolved_refs(const api::ObservedRoute& route, const std::vector<KeyProblem>& problems) {
  if (!route.good) return {"Unknown", "NotAccepted", "the route has no generation whose references could be resolved"};
  if (problems.empty()) return {"True", "ResolvedRefs", "all that the route refers to is there"};
  std::vector<std::string> sentences;
  for (const KeyProblem& problem : problems) sentences.push_back(problem.words);
  return {"False", std::string(weightiest(problems)), api::joined(sentences)};
}

}  // namespace mlgateway::route
