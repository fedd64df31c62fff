#include "operator/webhook/pod_patch.hpp"

#include <algorithm>

namespace mlgateway::webhook {
namespace {

using Json = nlohmann::json;
using Pointer = Json::json_pointer;

bool covers_list(const Json& have, const Json& want) {
  const bool of_objects = !want.empty() && want.front().is_object();
  if (!of_objects) return have == want;
  return std::all_of(want.begin(), want.end(), [&](const Json& wanted) {
    return std::any_of(have.begin(), have.end(), [&](const Json& item) { return covers(item, wanted); });
  });
}

}  // namespace

bool covers(const Json& have, const Json& want) {
  if (have.type() != want.type()) return have == want;
  if (want.is_array()) return covers_list(have, want);
  if (!want.is_object()) return have == want;
  for (const auto& [key, value] : want.items()) {
    const auto found = have.find(key);
    if (found == have.end() || !covers(*found, value)) return false;
  }
  return true;
}

void PodPatch::set(const Pointer& pointer, const Json& value) {
  if (pod_.contains(pointer) && covers(pod_.at(pointer), value)) return;
  make_parents(pointer.parent_pointer());
  // `add` to a member that exists replaces it (RFC 6902 section 4.1).
  apply("add", pointer, value);
}

void PodPatch::put(const Pointer& list, const Json& item, Where where) {
  if (!pod_.contains(list) || pod_.at(list).is_null()) return apply("add", list, Json::array({item}));
  const Json& items = pod_.at(list);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].at("name") != item.at("name")) continue;
    if (!covers(items[i], item)) apply("replace", list / i, item);
    return;
  }
  apply("add", where == Where::Front ? list / std::size_t{0} : list / std::string("-"), item);
}

void PodPatch::make_parents(const Pointer& pointer) {
  if (pointer.empty()) return;
  make_parents(pointer.parent_pointer());
  if (!pod_.contains(pointer) || pod_.at(pointer).is_null()) apply("add", pointer, Json::object());
}

void PodPatch::apply(const char* operation, const Pointer& pointer, const Json& value) {
  operations_.push_back({{"op", operation}, {"path", pointer.to_string()}, {"value", value}});
  pod_ = pod_.patch(Json::array({operations_.back()}));
}

}  // namespace mlgateway::webhook
