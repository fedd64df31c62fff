#include "operator/kube/label_selector.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "operator/api/json_fields.hpp"

namespace mlgateway::kube {
namespace {

using api::member;
using nlohmann::json;
using Labels = std::map<std::string, std::string>;

bool keeps(const json& requirement, const Labels& labels) {
  const json& key = member(requirement, "key");
  const json& op = member(requirement, "operator");
  const json& values = member(requirement, "values");
  if (!key.is_string()) return false;
  const auto label = labels.find(key.get<std::string>());
  const bool there = label != labels.end();
  const bool among = there && std::find(values.begin(), values.end(), label->second) != values.end();
  if (op == "In") return among;
  if (op == "NotIn") return !among;
  if (op == "Exists") return there;
  return op == "DoesNotExist" && !there;
}

}  // namespace

bool selects(const json& selector, const Labels& labels) {
  for (const auto& [key, value] : member(selector, "matchLabels").items()) {
    const auto label = labels.find(key);
    if (label == labels.end() || value != label->second) return false;
  }
  const json& requirements = member(selector, "matchExpressions");
  return std::all_of(requirements.begin(), requirements.end(),
                     [&](const json& requirement) { return keeps(requirement, labels); });
}

}  // namespace mlgateway::kube
