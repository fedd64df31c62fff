#include "operator/kube/page.hpp"

#include <utility>

#include "operator/kube/json_text.hpp"

namespace mlgateway::kube {

std::optional<Page> page_from(nlohmann::json answer, const Resource& resource) {
  if (!answer.is_object()) return std::nullopt;
  Page page{{}, version_of(answer), text_at(answer, "metadata", "continue")};
  const auto items = answer.find("items");
  if (items == answer.end() || page.resource_version.empty()) return std::nullopt;
  // Go writes an empty list as null where nobody made it.
  if (items->is_null()) return page;
  if (!items->is_array()) return std::nullopt;
  page.items.reserve(items->size());
  for (nlohmann::json& item : *items) {
    if (key_of(item).name.empty()) return std::nullopt;
    item["apiVersion"] = api_version(resource);
    item["kind"] = resource.kind;
    page.items.push_back(std::move(item));
  }
  return page;
}

}  // namespace mlgateway::kube
