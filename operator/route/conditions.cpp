#include "operator/route/conditions.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "operator/api/timestamp.hpp"

namespace mlgateway::route {
namespace {

// More does not help anybody and has no end.
constexpr std::size_t kMostMessageBytes = 4096;

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) {
    if (text.size() + sentence.size() > kMostMessageBytes) return text + "; and more";
    text += (text.empty() ? "" : "; ") + sentence;
  }
  return text;
}

std::string_view weightiest(const std::vector<KeyProblem>& problems) {
  constexpr std::array<std::string_view, 4> kByWeight = {"RefNotPermitted", "SecretNotFound", "SecretInvalid",
                                                         "InvalidKeys"};
  for (const std::string_view reason : kByWeight) {
    if (std::any_of(problems.begin(), problems.end(), [&](const auto& p) { return p.reason == reason; })) return reason;
  }
  return problems.front().reason;
}

std::string generation_words(std::int64_t generation) { return "generation " + std::to_string(generation); }

}  // namespace

Verdict accepted(const ObservedRoute& route, const Conflict* conflict) {
  if (conflict != nullptr) {
    return {"False", "RouteConflict", conflict->claim + " belongs to the older MLRoute " + to_string(conflict->winner)};
  }
  if (route.faults.empty()) {
    std::vector<std::string> sentences = route.notes;
    sentences.insert(sentences.begin(), generation_words(route.generation) + " is in force");
    return {"True", "Accepted", joined(sentences)};
  }
  const std::string kept =
      route.good ? generation_words(route.good_generation) + " stays in force" : "nothing is in force";
  std::vector<std::string> sentences = route.faults;
  sentences.insert(sentences.begin(), kept);
  return {"False", "Invalid", joined(sentences)};
}

Verdict resolved_refs(const ObservedRoute& route, const std::vector<KeyProblem>& problems) {
  if (!route.good) return {"Unknown", "NotAccepted", "the route has no generation whose references could be resolved"};
  if (problems.empty()) return {"True", "ResolvedRefs", "all that the route refers to is there"};
  std::vector<std::string> sentences;
  for (const KeyProblem& problem : problems) sentences.push_back(problem.words);
  return {"False", std::string(weightiest(problems)), joined(sentences)};
}

Verdict programmed(const config::Route* rendered, const std::optional<api::SidecarReport>& sidecar) {
  if (rendered == nullptr) return {"False", "NotAccepted", "the route has no generation that can be enforced"};
  if (!sidecar) return {"Unknown", "NotObserved", "no sidecar is asked; --sidecar URL names one"};
  if (!sidecar->unreachable.empty()) return {"False", "SidecarUnreachable", sidecar->unreachable};
  const auto same = [&](const api::LoadedRoute& loaded) {
    return loaded.key.name == rendered->name && loaded.key.namespace_name == rendered->namespace_name;
  };
  const auto loaded = std::find_if(sidecar->routes.begin(), sidecar->routes.end(), same);
  const bool current =
      loaded != sidecar->routes.end() && loaded->generation == rendered->generation && loaded->hash == rendered->hash;
  if (current) return {"True", "Programmed", "the sidecar runs " + generation_words(rendered->generation)};
  std::string words = "the sidecar does not run " + generation_words(rendered->generation) + " yet";
  if (!sidecar->config_error.empty()) words += ": " + sidecar->config_error;
  return {"False", "NotLoaded", words};
}

api::Condition condition(std::string type, Verdict verdict, std::int64_t generation, const api::Conditions& previous,
                         WallTime now) {
  api::Condition result{std::move(type),
                        std::move(verdict.status),
                        std::move(verdict.reason),
                        std::move(verdict.message),
                        api::format_timestamp(now),
                        generation};
  for (const api::Condition& before : previous) {
    if (before.type == result.type && before.status == result.status) {
      result.last_transition_time = before.last_transition_time;
    }
  }
  return result;
}

}  // namespace mlgateway::route
