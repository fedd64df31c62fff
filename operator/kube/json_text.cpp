#include "operator/kube/json_text.hpp"

#include "operator/kube/json_splitter.hpp"

namespace mlgateway::kube {

using nlohmann::json;

std::optional<json> parse_json(std::string_view text) {
  if (!json_depth_within(text, kMostJsonDepth)) return std::nullopt;
  json parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return std::nullopt;
  return parsed;
}

std::string text_at(const json& object, std::string_view member, std::string_view inner) {
  if (!object.is_object()) return {};
  const auto found = object.find(member);
  if (found == object.end()) return {};
  if (!inner.empty()) return text_at(*found, inner);
  return found->is_string() ? found->get<std::string>() : std::string();
}

api::ObjectKey key_of(const json& object) {
  return {text_at(object, "metadata", "namespace"), text_at(object, "metadata", "name")};
}

std::string version_of(const json& object) { return text_at(object, "metadata", "resourceVersion"); }

std::string uid_of(const json& object) { return text_at(object, "metadata", "uid"); }

}  // namespace mlgateway::kube
