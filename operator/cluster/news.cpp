#include "operator/cluster/news.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace mlgateway::cluster {
namespace {

constexpr const char* kAction = "Enforce";
// A pod that starts and a kubelet that is about to look.
constexpr std::array<std::string_view, 3> kPassing{"NotLoaded", "NoReadyPods", "NotAccepted"};

const api::Condition* of_type(const api::Conditions& conditions, const std::string& type) {
  const auto found =
      std::find_if(conditions.begin(), conditions.end(), [&](const api::Condition& c) { return c.type == type; });
  return found == conditions.end() ? nullptr : &*found;
}

bool is_passing(const std::string& reason) {
  return std::find(kPassing.begin(), kPassing.end(), reason) != kPassing.end();
}

// Ready repeats the first of the others that is wrong; it is news where it says more than they do.
bool is_repeated(const api::Condition& condition, const api::Conditions& all) {
  return condition.type == "Ready" && std::any_of(all.begin(), all.end(), [&](const api::Condition& other) {
           return other.type != "Ready" && other.status != "True";
         });
}

bool is_bad_news(const api::Condition& condition, const api::Condition* before, const api::Conditions& all) {
  if (condition.status != "False" || is_passing(condition.reason) || is_repeated(condition, all)) return false;
  return before == nullptr || before->status != condition.status || before->reason != condition.reason;
}

bool is_good_news(const api::Condition& condition, const api::Condition* before) {
  if (condition.type != "Programmed" || condition.status != "True") return false;
  return before == nullptr || before->status != "True" || before->observed_generation != condition.observed_generation;
}

}  // namespace

std::vector<kube::Event> news_of(const nlohmann::json& object, const api::Conditions& before,
                                 const api::Conditions& now) {
  std::vector<kube::Event> news;
  const nlohmann::json regarding = kube::reference_to(object);
  for (const api::Condition& condition : now) {
    const api::Condition* const was = of_type(before, condition.type);
    if (is_bad_news(condition, was, now)) {
      news.push_back({regarding, "Warning", condition.reason, kAction, condition.message});
    } else if (is_good_news(condition, was)) {
      news.push_back({regarding, "Normal", condition.reason, kAction, condition.message});
    }
  }
  return news;
}

}  // namespace mlgateway::cluster
